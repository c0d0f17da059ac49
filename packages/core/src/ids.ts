/**
 * Branded ids. Ours and the provider's are different types, so that neither can be passed for the other.
 * Ids of ours carry their kind as a prefix and are made without a central counter.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Our id of a call: `call_` and a time-ordered unique part. */
export type CallId = Branded<'CallId'>;
/** Our id of one utterance: `utt_...`. */
export type UtteranceId = Branded<'UtteranceId'>;
/** Our id of one command: `cmd_...`. */
export type CommandId = Branded<'CommandId'>;
/** Our id of one media stream: `str_...`. */
export type StreamId = Branded<'StreamId'>;
/** Our id of one note: `note_...`. */
export type NoteId = Branded<'NoteId'>;
/** Our id of one stretch of someone hearing a call live: `lsn_...`. */
export type ListenerId = Branded<'ListenerId'>;
/** The key of a provider instance in the configuration, for example `vapi`. */
export type ProviderId = Branded<'ProviderId'>;
/** The provider's own id of a call. Unique within one provider instance, not beyond. */
export type ProviderCallId = Branded<'ProviderCallId'>;
/** The provider's own id of a media stream. */
export type ProviderStreamId = Branded<'ProviderStreamId'>;

/** Prefix of each kind of id that we make. */
export const ID_PREFIXES = {
  call: 'call_',
  utterance: 'utt_',
  command: 'cmd_',
  stream: 'str_',
  note: 'note_',
  listener: 'lsn_',
} as const;

/** Makes ids of ours. Passed in, so that the rules of a call stay pure. */
export interface IdSource {
  call(): CallId;
  utterance(): UtteranceId;
  command(): CommandId;
  stream(): StreamId;
  note(): NoteId;
  listener(): ListenerId;
}

/** Takes a provider's text as its id of a call. */
export const providerCallId = (text: string): ProviderCallId => text as ProviderCallId;
/** Takes a provider's text as its id of a stream. */
export const providerStreamId = (text: string): ProviderStreamId => text as ProviderStreamId;
/** Takes a configuration key as the id of a provider instance. */
export const providerId = (text: string): ProviderId => text as ProviderId;
