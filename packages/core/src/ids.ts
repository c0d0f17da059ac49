/**
 * Branded ids. Ids of Sidetone and of a provider have different types, so they cannot be confused. Ids of Sidetone start
 * with a prefix for their kind.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Sidetone's id of a call: `call_` and a unique part that is ordered by time. */
export type CallId = Branded<'CallId'>;
/** Id of an utterance: `utt_…`. */
export type UtteranceId = Branded<'UtteranceId'>;
/** Id of a command: `cmd_…`. */
export type CommandId = Branded<'CommandId'>;
/** Id of a media stream: `str_…`. */
export type StreamId = Branded<'StreamId'>;
/** Id of a note: `note_…`. */
export type NoteId = Branded<'NoteId'>;
/** Id of a listener of a call: `lsn_…`. */
export type ListenerId = Branded<'ListenerId'>;
/** Key of a provider instance in the configuration, for example `vapi`. */
export type ProviderId = Branded<'ProviderId'>;
/** The provider's own id of a call. Unique only within one provider instance. */
export type ProviderCallId = Branded<'ProviderCallId'>;
/** The provider's own id of a media stream. */
export type ProviderStreamId = Branded<'ProviderStreamId'>;

/** The prefix of each kind of id. */
export const ID_PREFIXES = {
  call: 'call_',
  utterance: 'utt_',
  command: 'cmd_',
  stream: 'str_',
  note: 'note_',
  listener: 'lsn_',
} as const;

/** Generates ids. It is a parameter of the functions that need ids, so they stay deterministic. */
export interface IdSource {
  call(): CallId;
  utterance(): UtteranceId;
  command(): CommandId;
  stream(): StreamId;
  note(): NoteId;
  listener(): ListenerId;
}

/** Casts a stored text to an id of Sidetone; so do the functions below. */
export const callId = (text: string): CallId => text as CallId;
export const utteranceId = (text: string): UtteranceId => text as UtteranceId;
export const commandId = (text: string): CommandId => text as CommandId;
export const streamId = (text: string): StreamId => text as StreamId;
export const noteId = (text: string): NoteId => text as NoteId;
export const listenerId = (text: string): ListenerId => text as ListenerId;
/** Casts a provider's text to its id of a call. */
export const providerCallId = (text: string): ProviderCallId => text as ProviderCallId;
/** Casts a provider's text to its id of a stream. */
export const providerStreamId = (text: string): ProviderStreamId => text as ProviderStreamId;
/** Casts a configuration key to the id of a provider instance. */
export const providerId = (text: string): ProviderId => text as ProviderId;
