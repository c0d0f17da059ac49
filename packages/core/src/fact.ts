/**
 * Facts: what the event log keeps. A fact is decided once, from a provider's event or a command, and never
 * changes; every row of a call, an utterance, a stream or a command follows from the facts alone.
 */
import type {
  CallId,
  CommandId,
  ListenerId,
  NoteId,
  ProviderCallId,
  ProviderId,
  ProviderStreamId,
  StreamId,
  UtteranceId,
} from './ids.ts';
import type { Assistant, CallDetails, CallEnd, Money } from './provider-event.ts';
import type { CallStatus, CommandKind, CommandStatus, Party } from './vocabulary.ts';
import type { FailureCode } from './errors.ts';
import { TRANSCRIPTION_STATES } from './transcriber.ts';

/** Words said by one party that will not change. Offsets in ms from the answer of the call. */
export interface Utterance {
  readonly id: UtteranceId;
  readonly party: Party;
  readonly text: string;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly confidence?: number;
}

/** One stretch of audio from the provider: what it is and, once it ended, what came. */
export interface MediaStreamInfo {
  readonly id: StreamId;
  readonly providerStreamId?: ProviderStreamId;
  readonly encoding: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly parties: readonly Party[];
}

/** What a stream has brought so far. */
export interface StreamCounters {
  readonly frames: number;
  readonly bytes: number;
  /** Frames that never came, by the provider's own numbering. */
  readonly missingFrames: number;
}

/** How the transcribing of a call is doing: as its transcriber tells, or STOPPED, on request or with the call. */
export const CALL_TRANSCRIPTION_STATES = [...TRANSCRIPTION_STATES, 'STOPPED'] as const;
export type CallTranscriptionState = (typeof CALL_TRANSCRIPTION_STATES)[number];

/** Who transcribes a call, and how that is doing. */
export interface CallTranscription {
  /** The key of the transcriber in the configuration. */
  readonly transcriber: string;
  readonly state: CallTranscriptionState;
  /** Stable, for programs; of a state that is no good. */
  readonly code?: string;
  /** For the operator. */
  readonly message?: string;
}

/** How a recording ended: with its call or the daemon, or because it could not be written any longer. */
export const RECORDING_ENDS = ['COMPLETE', 'FAILED'] as const;
export type RecordingEnd = (typeof RECORDING_ENDS)[number];

/** An expected failure of a command. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  /** The argument that the plugin found wrong, by its name in the contract: `content`. */
  readonly argument?: string;
}

/** Something that a person or a program wrote down about a call. */
export interface Note {
  readonly id: NoteId;
  readonly text: string;
  /** Which moment of the call it is about, ms from the answer; absent when it is about the whole call. */
  readonly offsetMs?: number;
  /** Who wrote it. */
  readonly author: string;
}

/** A thing someone asked to be done to a call, as it stands at one moment. */
export interface Command {
  readonly id: CommandId;
  readonly kind: CommandKind;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly status: CommandStatus;
  readonly requestedBy: string;
  /** Epoch ms. */
  readonly requestedAt: number;
  readonly settledAt?: number;
  readonly failure?: Failure;
  /** By which whoever asked makes the same command the same one; one for each requester. */
  readonly idempotencyKey?: string;
  /** Tells whether another command is the same: made of its kind, its arguments, and what it is about. */
  readonly fingerprint?: string;
}

/** The fields of each type of fact. The keys are the GraphQL enum CallEventType. */
export interface CallFactFields {
  CALL_STARTED: {
    readonly providerId: ProviderId;
    readonly providerCallId: ProviderCallId;
    readonly status: CallStatus;
    readonly details: CallDetails;
  };
  CALL_UPDATED: { readonly details: CallDetails };
  CALL_STATUS_CHANGED: { readonly status: CallStatus };
  CALL_ENDED: { readonly end: CallEnd };
  UTTERANCE_FINALIZED: { readonly utterance: Utterance };
  /** A transcriber has found better words for an utterance: it is now this one, under the same id. */
  UTTERANCE_REVISED: { readonly utterance: Utterance };
  SPEECH_STARTED: { readonly party: Party };
  SPEECH_STOPPED: { readonly party: Party };
  DTMF_RECEIVED: { readonly digits: string };
  STREAM_STARTED: { readonly stream: MediaStreamInfo };
  STREAM_STOPPED: { readonly streamId: StreamId; readonly reason: string; readonly counters: StreamCounters };
  COMMAND_CHANGED: { readonly command: Command };
  TRANSFER_STARTED: { readonly destination?: string };
  ASSISTANT_CHANGED: { readonly assistant: Assistant };
  CALL_REPORTED: {
    readonly summary?: string;
    readonly cost?: Money;
    readonly providerData?: Readonly<Record<string, unknown>>;
    /** Whether it told all that was said: words that come later are then most likely known. */
    readonly includesTranscript?: boolean;
  };
  /** Someone tagged the call, took tags away, or wrote a note. What did not change anything is not in it. */
  CALL_ANNOTATED: {
    readonly tagsAdded?: readonly string[];
    readonly tagsRemoved?: readonly string[];
    readonly note?: Note;
  };
  CALL_NOTICE: { readonly code: string; readonly message: string };
  /**
   * A recording began, at the first audio that came; or goes on, after the daemon was away, in the same file and with
   * the same beginning.
   */
  RECORDING_STARTED: {
    /** When its first sample was heard, epoch ms. */
    readonly startedAt: number;
    readonly channels: number;
    /** Hz. */
    readonly sampleRate: number;
  };
  /** A recording ended. What was written until then can be heard. */
  RECORDING_STOPPED: {
    readonly end: RecordingEnd;
    readonly durationMs: number;
    /** Of samples, without the head of the file. */
    readonly bytes: number;
  };
  /** The transcribing of the call began, goes on in another state, or ended. */
  TRANSCRIPTION_CHANGED: {
    readonly transcription: CallTranscription;
    /** Who asked for it; absent where nobody did. */
    readonly by?: string;
  };
  /** Someone began to hear the call live. */
  LISTENING_STARTED: { readonly listenerId: ListenerId; readonly by: string };
  /** They stopped, or the call did. */
  LISTENING_STOPPED: {
    readonly listenerId: ListenerId;
    readonly by: string;
    /** When they began, epoch ms. */
    readonly since: number;
  };
}

export type CallFactType = keyof CallFactFields;

export type CallFactOf<Type extends CallFactType> = { readonly type: Type } & CallFactFields[Type];

/** One fact, told apart by `type`. */
export type CallFact = { [Type in CallFactType]: CallFactOf<Type> }[CallFactType];

/** Every type of fact, in the order in which a reader would meet them. The compiler keeps it complete. */
export const CALL_FACT_TYPES = Object.keys({
  CALL_STARTED: 0,
  CALL_UPDATED: 0,
  CALL_STATUS_CHANGED: 0,
  CALL_ENDED: 0,
  UTTERANCE_FINALIZED: 0,
  UTTERANCE_REVISED: 0,
  SPEECH_STARTED: 0,
  SPEECH_STOPPED: 0,
  DTMF_RECEIVED: 0,
  STREAM_STARTED: 0,
  STREAM_STOPPED: 0,
  COMMAND_CHANGED: 0,
  TRANSFER_STARTED: 0,
  ASSISTANT_CHANGED: 0,
  CALL_REPORTED: 0,
  CALL_ANNOTATED: 0,
  CALL_NOTICE: 0,
  RECORDING_STARTED: 0,
  RECORDING_STOPPED: 0,
  TRANSCRIPTION_CHANGED: 0,
  LISTENING_STARTED: 0,
  LISTENING_STOPPED: 0,
} satisfies Record<CallFactType, 0>) as readonly CallFactType[];

/** A fact in the log: numbered, dated, and of one call. */
export interface CallRecord {
  /** Position in the log. Rises by one step or more, never falls, is never used twice. */
  readonly position: number;
  readonly callId: CallId;
  /** When it happened, epoch ms. */
  readonly at: number;
  readonly fact: CallFact;
}
