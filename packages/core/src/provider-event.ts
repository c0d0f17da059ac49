/**
 * The events that a provider plugin emits. They may be delivered twice, late or out of order: `decide.ts` derives the
 * stored events from them, and ignores what is already known.
 */
import type { CommandId, ProviderCallId } from './ids.ts';
import type { CallDirection, CallStatus, EndCategory, Party } from './vocabulary.ts';

/** The assistant that speaks for the account. */
export interface Assistant {
  readonly providerAssistantId?: string;
  readonly name?: string;
}

/** Why a call ended. `code` is the provider's own reason. */
export interface CallEnd {
  readonly category: EndCategory;
  readonly code?: string;
  readonly message?: string;
}

/** An amount in the major unit of `currency` (ISO 4217). */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Properties of a call besides its status. A missing field is unknown. */
export interface CallDetails {
  readonly direction?: CallDirection;
  /** E.164 with `+` if the provider sends it that way, otherwise as sent. */
  readonly from?: string;
  readonly to?: string;
  readonly assistant?: Assistant;
  /** When the call was created according to the provider, in epoch ms. */
  readonly createdAt?: number;
  /** When the call was answered, in epoch ms. */
  readonly answeredAt?: number;
  /** When the call ended, in epoch ms. Corrects the time of an end that is already known; does not end a call. */
  readonly endedAt?: number;
  /** Further properties that only this provider has. Must not contain secrets. */
  readonly providerData?: Readonly<Record<string, unknown>>;
}

/** An utterance in the report after a call. Offsets are in ms from the answer. */
export interface ReportedUtterance {
  readonly party: Party;
  readonly text: string;
  readonly startMs?: number;
  readonly endMs?: number;
}

/** The fields of every event. */
export interface ProviderEventBase {
  readonly providerCallId: ProviderCallId;
  /** When the event happened by the provider's clock, or when it arrived if the provider does not say, in epoch ms. */
  readonly occurredAt: number;
  /**
   * Required if the provider may deliver the event twice: of the events of a call with equal keys, only the first is
   * accepted. Derive it from the content (type, time, text), not from the delivery.
   */
  readonly dedupeKey?: string;
}

/** The fields of each type of event, in addition to those of every event. */
export interface ProviderEventFields {
  /** The call exists. May be sent again when more is known: details are merged, and ignored if nothing changes. */
  'call.started': { readonly status?: CallStatus; readonly details?: CallDetails };
  'call.status': { readonly status: Exclude<CallStatus, 'ENDED'> };
  /**
   * The call has ended. The first one wins, and its time; later ones are ignored. An end with the category UNKNOWN is never a
   * different end: a later one with another category replaces it, and it replaces none.
   */
  'call.ended': { readonly end: CallEnd };
  /** The provider's report about the call. May be sent before, after or without `call.ended`. */
  'call.report': {
    readonly summary?: string;
    readonly cost?: Money;
    readonly details?: CallDetails;
    readonly providerData?: Readonly<Record<string, unknown>>;
    /**
     * The complete transcript, in order. Utterances that were not received live are added to the stored transcript. The
     * report may split or spell the text differently.
     */
    readonly utterances?: readonly ReportedUtterance[];
  };
  /** Text that may still change. Replaces the previous partial of the same party; never stored. */
  'utterance.partial': { readonly party: Party; readonly text: string };
  /** Text that does not change any more. Offsets are in ms from the answer. */
  'utterance.final': {
    readonly party: Party;
    readonly text: string;
    readonly startMs?: number;
    readonly endMs?: number;
    /** 0 to 1. */
    readonly confidence?: number;
    /** Whether it may have been emitted before, in other words or joined differently. It is added only if the transcript lacks it. */
    readonly mayBeKnown?: boolean;
  };
  'speech.started': { readonly party: Party };
  'speech.stopped': { readonly party: Party };
  /** Telephone keys were pressed: `0-9 * # A-D`. */
  dtmf: { readonly digits: string };
  'assistant.changed': { readonly assistant: Assistant };
  'transfer.started': { readonly destination?: string };
  /**
   * A command took effect, by evidence that only the plugin can read. The daemon recognises other evidence itself, for
   * example that the call ended or that the assistant said the text.
   */
  'command.confirmed': { readonly commandId: CommandId };
  /**
   * A notice for the operator. `code` is stable; `message` must not contain transcripts or telephone numbers. `concerns` is
   * PROVIDER if it is about the setup of the provider rather than this call: it is then also shown for the provider. Default:
   * CALL.
   */
  notice: { readonly code: string; readonly message: string; readonly concerns?: NoticeSubject };
}

/** What a notice is about. */
export type NoticeSubject = 'CALL' | 'PROVIDER';

/** The type of an event. */
export type ProviderEventType = keyof ProviderEventFields;

/** All event types. */
export const PROVIDER_EVENT_TYPES = Object.keys({
  'call.started': 0,
  'call.status': 0,
  'call.ended': 0,
  'call.report': 0,
  'utterance.partial': 0,
  'utterance.final': 0,
  'speech.started': 0,
  'speech.stopped': 0,
  dtmf: 0,
  'assistant.changed': 0,
  'transfer.started': 0,
  'command.confirmed': 0,
  notice: 0,
} satisfies Record<ProviderEventType, 0>) as readonly ProviderEventType[];

/** An event of one type. */
export type ProviderEventOf<Type extends ProviderEventType> = ProviderEventBase & {
  readonly type: Type;
} & ProviderEventFields[Type];

/** An event of a provider, discriminated by `type`. */
export type ProviderEvent = { [Type in ProviderEventType]: ProviderEventOf<Type> }[ProviderEventType];
