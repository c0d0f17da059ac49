/**
 * The stored events. An event is derived once, from a provider event or a command, and never changes. The rows of calls,
 * utterances, streams and commands can all be rebuilt from the events. The code calls the payload of an event a fact.
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
import type { CallStatus, CapturePart, CommandKind, CommandStatus, Party } from './vocabulary.ts';
import type { FailureCode } from './errors.ts';
import { TRANSCRIPTION_STATES } from './transcriber.ts';

/** A completed stretch of speech of one party. Offsets are in ms from the answer of the call. */
export interface Utterance {
  readonly id: UtteranceId;
  readonly party: Party;
  readonly text: string;
  readonly startMs?: number;
  readonly endMs?: number;
  /** 0 to 1. */
  readonly confidence?: number;
}

/** The format of a media stream. */
export interface MediaStreamInfo {
  readonly id: StreamId;
  readonly providerStreamId?: ProviderStreamId;
  readonly encoding: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly parties: readonly Party[];
}

/** The amount of audio that a stream has received. */
export interface StreamCounters {
  readonly frames: number;
  readonly bytes: number;
  /** Frames that were lost, by the numbering of the provider. */
  readonly missingFrames: number;
  /**
   * Audio that arrived too late for live listeners, for the recording and for the transcriber, ms, if there were any. Absent in
   * events that older versions stored.
   */
  readonly listeningLostMs?: number;
  readonly recordingLostMs?: number;
  readonly transcriptLostMs?: number;
}

/** The state of a call's transcription: reported by its transcriber, or STOPPED by a client or by the end of the call. */
export const CALL_TRANSCRIPTION_STATES = [...TRANSCRIPTION_STATES, 'STOPPED'] as const;
export type CallTranscriptionState = (typeof CALL_TRANSCRIPTION_STATES)[number];

/** The transcription of a call. */
export interface CallTranscription {
  /** The key of the transcriber in the configuration. */
  readonly transcriber: string;
  readonly state: CallTranscriptionState;
  /** Stable code of a state that is not normal. */
  readonly code?: string;
  /** For the operator. */
  readonly message?: string;
}

/** How a recording ended: COMPLETE with the call or the daemon, or FAILED because it could not be written. */
export const RECORDING_ENDS = ['COMPLETE', 'FAILED'] as const;
export type RecordingEnd = (typeof RECORDING_ENDS)[number];

/** An expected failure of a command. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  /** The argument that the plugin rejected, by its name in the contract, for example `content`. */
  readonly argument?: string;
}

/** A note that a person or a program attached to a call. */
export interface Note {
  readonly id: NoteId;
  readonly text: string;
  /** The moment it refers to, in ms from the answer. Missing if it refers to the whole call. */
  readonly offsetMs?: number;
  /** Name of the viewer who wrote it. */
  readonly author: string;
}

/** A command on a call, with its current status. */
export interface Command {
  readonly id: CommandId;
  readonly kind: CommandKind;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly status: CommandStatus;
  readonly requestedBy: string;
  /** Epoch ms, as `settledAt`. */
  readonly requestedAt: number;
  readonly settledAt?: number;
  readonly failure?: Failure;
  /** Chosen by the client, so that a repeated request returns this command. Unique for each requester. */
  readonly idempotencyKey?: string;
  /** Identifies equal commands: a hash of kind, arguments and target. */
  readonly fingerprint?: string;
}

/** The fields of each type of event. The keys are the values of the GraphQL enum CallEventType. */
export interface CallFactFields {
  CALL_STARTED: {
    readonly providerId: ProviderId;
    readonly providerCallId: ProviderCallId;
    readonly status: CallStatus;
    readonly details: CallDetails;
  };
  /** Details are known or corrected. With `end`, it is known why a call ended whose end was UNKNOWN. */
  CALL_UPDATED: { readonly details: CallDetails; readonly end?: CallEnd };
  CALL_STATUS_CHANGED: { readonly status: CallStatus };
  CALL_ENDED: { readonly end: CallEnd };
  UTTERANCE_FINALIZED: { readonly utterance: Utterance };
  /** A transcriber has replaced the text of an utterance, or a report has added its position; the id is the same. */
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
    /** Whether it contained the complete transcript. Later finals are then compared with it. */
    readonly includesTranscript?: boolean;
  };
  /** Tags were added or removed, or a note was written. Contains only what has changed. */
  CALL_ANNOTATED: {
    readonly tagsAdded?: readonly string[];
    readonly tagsRemoved?: readonly string[];
    readonly note?: Note;
  };
  /** A client took over a call that others set up. */
  CALL_WATCHED: object;
  /** A client placed or released a legal hold: the data of a held call is neither erased nor removed by retention. */
  CALL_HOLD_CHANGED: { readonly held: boolean; readonly reason?: string };
  CALL_NOTICE: { readonly code: string; readonly message: string };
  /** A recording started with the first audio, or continues in the same file after a restart of the daemon. */
  RECORDING_STARTED: {
    /** Time of the first sample of the file, in epoch ms. */
    readonly startedAt: number;
    readonly channels: number;
    /** Hz. */
    readonly sampleRate: number;
  };
  /** A recording ended. The file contains everything written until then. */
  RECORDING_STOPPED: {
    readonly end: RecordingEnd;
    readonly durationMs: number;
    /** Size of the samples, without the file header. */
    readonly bytes: number;
  };
  /** The transcription of the call started, changed its state, or ended. */
  TRANSCRIPTION_CHANGED: {
    readonly transcription: CallTranscription;
  };
  /** The capture was paused, a pause was changed, or it ended: by a client, or without `by` at its latest time. */
  CAPTURE_CHANGED: {
    /** What is paused from now on; empty if nothing is. */
    readonly parts: readonly CapturePart[];
    /** When the pause ends at the latest, epoch ms. Only of a pause. */
    readonly until?: number;
    readonly reason?: string;
  };
  /** A client started to listen to the call. */
  LISTENING_STARTED: {
    readonly listenerId: ListenerId;
    /** Set if a signed URL was used: `by` is the client that requested it. */
    readonly isByLink?: true;
  };
  /** A client stopped listening, or the call ended. */
  LISTENING_STOPPED: {
    readonly listenerId: ListenerId;
    /** When it started, in epoch ms. */
    readonly since: number;
  };
}

export type CallFactType = keyof CallFactFields;

/**
 * Who causes the events of each type, in the order in which the documentation lists them. CLIENT: always a client, so they can
 * only be recorded with its name. DAEMON: the provider or the daemon. ANY: one or the other.
 */
export const FACT_CAUSES = {
  CALL_STARTED: 'DAEMON',
  CALL_UPDATED: 'DAEMON',
  CALL_STATUS_CHANGED: 'DAEMON',
  CALL_ENDED: 'DAEMON',
  UTTERANCE_FINALIZED: 'ANY',
  UTTERANCE_REVISED: 'DAEMON',
  SPEECH_STARTED: 'DAEMON',
  SPEECH_STOPPED: 'DAEMON',
  DTMF_RECEIVED: 'DAEMON',
  STREAM_STARTED: 'DAEMON',
  STREAM_STOPPED: 'DAEMON',
  COMMAND_CHANGED: 'CLIENT',
  TRANSFER_STARTED: 'DAEMON',
  ASSISTANT_CHANGED: 'DAEMON',
  CALL_REPORTED: 'DAEMON',
  CALL_ANNOTATED: 'CLIENT',
  CALL_WATCHED: 'CLIENT',
  CALL_HOLD_CHANGED: 'CLIENT',
  CALL_NOTICE: 'DAEMON',
  RECORDING_STARTED: 'DAEMON',
  RECORDING_STOPPED: 'DAEMON',
  TRANSCRIPTION_CHANGED: 'ANY',
  CAPTURE_CHANGED: 'ANY',
  LISTENING_STARTED: 'CLIENT',
  LISTENING_STOPPED: 'CLIENT',
} as const satisfies Record<CallFactType, 'CLIENT' | 'DAEMON' | 'ANY'>;

/** All event types, in the order in which the documentation lists them. */
export const CALL_FACT_TYPES = Object.keys(FACT_CAUSES) as readonly CallFactType[];

/** What every type of event may have. */
interface Attribution {
  /**
   * Name of the access token of the client that caused the event, also of a backfill that imported it. Missing if no client did,
   * and in some events of earlier releases: see {@link causedBy}.
   */
  readonly by?: string;
}

export type CallFactOf<Type extends CallFactType> = { readonly type: Type } & Attribution &
  CallFactFields[Type];

/** The payload of an event, discriminated by `type`. */
export type CallFact = { [Type in CallFactType]: CallFactOf<Type> }[CallFactType];

type TypesCausedBy<Cause> = {
  [Type in CallFactType]: (typeof FACT_CAUSES)[Type] extends Cause ? Type : never;
}[CallFactType];

/** Facts without the name of a client. */
type Unattributed<Types extends CallFactType> = {
  [Type in Types]: { readonly type: Type } & CallFactFields[Type];
}[Types];

/** What a client causes. It is recorded with the name of the client. */
export type ClientFact = Unattributed<TypesCausedBy<'CLIENT' | 'ANY'>>;

/** What happens without a client. */
export type DaemonFact = Unattributed<TypesCausedBy<'DAEMON' | 'ANY'>>;

/** Returns the name of the client that caused an event; undefined if no client did, or if an earlier release did not store it. */
export function causedBy(fact: CallFact): string | undefined {
  if (fact.by !== undefined) return fact.by;
  if (fact.type === 'COMMAND_CHANGED') return fact.command.requestedBy;
  return fact.type === 'CALL_ANNOTATED' ? fact.note?.author : undefined;
}

/** A stored event: a fact with its position in the log, its time and its call. */
export interface CallRecord {
  /** Position in the log. Strictly increasing, with possible gaps, and never reused. */
  readonly position: number;
  readonly callId: CallId;
  /** When it happened, in epoch ms. */
  readonly at: number;
  readonly fact: CallFact;
}
