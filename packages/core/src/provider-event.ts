/**
 * What a provider plugin tells the daemon: one union, in the daemon's words.
 * Events may come twice, late, or out of order; the rules in `decide.ts` make one story of them.
 */
import type { CommandId, ProviderCallId } from './ids.ts';
import type { CallDirection, CallStatus, EndCategory, Party } from './vocabulary.ts';

/** The assistant that talks for the account, as far as the provider names it. */
export interface Assistant {
  readonly providerAssistantId?: string;
  readonly name?: string;
}

/** Why a call is over; `code` is the provider's own word for it. */
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

/** What is known about a call besides its status. Fields that are absent are unknown, not empty. */
export interface CallDetails {
  readonly direction?: CallDirection;
  /** E.164 with `+` where the provider tells it so; else as told. */
  readonly from?: string;
  readonly to?: string;
  readonly assistant?: Assistant;
  /** When the provider says the call came to be, epoch ms. */
  readonly createdAt?: number;
  /** When it was answered, epoch ms. */
  readonly answeredAt?: number;
  /** When it ended, epoch ms: corrects the time of an end that was told before. Does not end a call. */
  readonly endedAt?: number;
  /** What the provider told beyond these words, for clients that know it. Never a secret. */
  readonly providerData?: Readonly<Record<string, unknown>>;
}

/** Words as a provider's report tells them after the call. Offsets count in ms from the answer. */
export interface ReportedUtterance {
  readonly party: Party;
  readonly text: string;
  readonly startMs?: number;
  readonly endMs?: number;
}

/** What every event carries. */
export interface ProviderEventBase {
  readonly providerCallId: ProviderCallId;
  /** When it happened by the provider's clock, epoch ms; the time of arrival where the provider does not say. */
  readonly occurredAt: number;
  /**
   * Required where the provider may deliver the same thing twice: equal keys within a call are one event.
   * Made of content (type, time, text), not of the delivery.
   */
  readonly dedupeKey?: string;
}

/** The fields of each type of event, besides those that all carry. */
export interface ProviderEventFields {
  /** A call exists. May be sent again whenever more is known: details are merged, and news only if they differ. */
  'call.started': { readonly status?: CallStatus; readonly details?: CallDetails };
  'call.status': { readonly status: Exclude<CallStatus, 'ENDED'> };
  /** The call is over. The first wins; the others are no news. */
  'call.ended': { readonly end: CallEnd };
  /** What the provider knows after the end. May come before, after or without `call.ended`. */
  'call.report': {
    readonly summary?: string;
    readonly cost?: Money;
    readonly details?: CallDetails;
    readonly providerData?: Readonly<Record<string, unknown>>;
    /**
     * Everything that was said, in order. What was not heard live is added, without doubles: the report may put the
     * words together or spell them in another way.
     */
    readonly utterances?: readonly ReportedUtterance[];
  };
  /** Words that may still change. Each replaces the one before it of the same party; never stored. */
  'utterance.partial': { readonly party: Party; readonly text: string };
  /** Words that will not change. Offsets count in ms from the moment the call was answered. */
  'utterance.final': {
    readonly party: Party;
    readonly text: string;
    readonly startMs?: number;
    readonly endMs?: number;
    /** 0 to 1. */
    readonly confidence?: number;
  };
  'speech.started': { readonly party: Party };
  'speech.stopped': { readonly party: Party };
  /** Keys pressed: `0-9 * # A-D`. */
  dtmf: { readonly digits: string };
  'assistant.changed': { readonly assistant: Assistant };
  'transfer.started': { readonly destination?: string };
  /**
   * A command took effect, by evidence that only the plugin can read. The plain signs (the call ended, the assistant
   * said the words, ...) the daemon sees by itself.
   */
  'command.confirmed': { readonly commandId: CommandId };
  /** Something an operator should know. `code` is stable, `message` holds neither words said nor numbers. */
  notice: { readonly code: string; readonly message: string };
}

/** What happened, in one word. */
export type ProviderEventType = keyof ProviderEventFields;

/** Every type of event. The compiler keeps it complete. */
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

/** One event from a provider, told apart by `type`. */
export type ProviderEvent = { [Type in ProviderEventType]: ProviderEventOf<Type> }[ProviderEventType];
