/**
 * The transcriber contract, version 1: what turns the audio of a call into words where the provider tells none. A sister
 * of the provider contract (`contract.ts`): one plugin makes instances, an instance is started and stopped once, and the
 * daemon keeps its failures apart from everything else.
 *
 * An instance serves many calls. Each is a *transcription*: audio by party goes in, in real time; partials, finals and
 * speech marks come out. Every place in time is a `…Ms` on the time line of the call's audio: what is told about audio that
 * was written at 5000 is at 5000, however late it is told and over however many connections.
 */
import type { CONTRACT_VERSION } from './contract.ts';
import type { Clock, DialOptions, Logger, PluginState } from './host.ts';
import type { CallId, ProviderId } from './ids.ts';
import type { Socket } from './socket.ts';
import type { OptionsSchema } from './standard-schema.ts';
import type { CallDirection, Party } from './vocabulary.ts';

/** A transcriber plugin: the default export of its module. Importing the module does nothing. */
export interface TranscriberPlugin<Options> {
  /** Tells it from a provider plugin. */
  readonly kind: 'transcriber';
  /** Machine name, for logs: `deepgram`. */
  readonly name: string;
  /** For people: `Deepgram`. */
  readonly displayName: string;
  readonly contract: typeof CONTRACT_VERSION;
  /** Checks and completes the `options` of the configuration. Unknown keys are mistakes. */
  readonly options: OptionsSchema<Options>;
  /** Makes an instance. Synchronous, does no I/O; what it needs of the outside it takes from `host`. */
  create(options: Options, host: TranscriberHost): Transcriber;
}

/** A running instance of a transcriber plugin. */
export interface Transcriber {
  /** Gets ready to serve; as {@link Provider.start} does. Need not reach the service: a call may come much later. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends every timer, socket and request, and with them what is left of its transcriptions. */
  stop(signal: AbortSignal): Promise<void>;
  /**
   * Begins to transcribe a call, at once: what the service needs to be ready for is the plugin's to wait for, while audio
   * already comes. `signal` aborts when nothing more is wanted, not even the words that are on their way.
   * @throws {FaultError} LIMIT_EXCEEDED when it serves as many calls as it may.
   */
  open(request: TranscriptionRequest, signal: AbortSignal): Transcription;
  /** Rejects when the service cannot be reached or does not accept our credentials. Asked every minute. */
  health?(signal: AbortSignal): Promise<void>;
}

/** What is to be transcribed, and who takes the words. */
export interface TranscriptionRequest {
  readonly call: TranscribedCall;
  /** Whose audio comes, in a fixed order: the channels of a service that takes them all in one stream. */
  readonly parties: readonly Party[];
  /** Hz; the audio is 16-bit little-endian samples, one channel a party. */
  readonly sampleRate: number;
  /** BCP 47; what the instance is set to when absent. */
  readonly language?: string;
  /** Takes an event. Never throws, never waits. What is told after `end` has settled, or the signal aborted, is dropped. */
  readonly emit: (event: TranscriberEvent) => void;
}

/** A call as a transcriber sees it: nothing by which a person is known. */
export interface TranscribedCall {
  readonly id: CallId;
  readonly providerId: ProviderId;
  readonly direction?: CallDirection;
}

/** One call that is being transcribed. */
export interface Transcription {
  /**
   * Takes the next audio of a party: whole samples, at most a second. Each party's audio comes without a hole, silence where
   * nothing was heard, and that of all parties for one place comes in one turn of the loop. A hole is told by a later `atMs`.
   * The bytes are shared, and only read. Never throws, never waits: a plugin bounds what it keeps.
   */
  write(party: Party, bytes: Uint8Array, atMs: number): void;
  /** No more audio comes. Settles when the last words were told: within seconds, or the signal aborts. */
  end(): Promise<void>;
}

/**
 * How a transcription is doing. CONNECTING until the service takes audio; TRANSCRIBING; RECONNECTING while a connection that was
 * there is lost; FAILED when it is given up, which is final: the call then goes on without.
 */
export const TRANSCRIPTION_STATES = ['CONNECTING', 'TRANSCRIBING', 'RECONNECTING', 'FAILED'] as const;
export type TranscriptionState = (typeof TRANSCRIPTION_STATES)[number];

/** The fields of each type of event of a transcription. */
export interface TranscriberEventFields {
  /**
   * An utterance so far: all its words, each time. Replaces what was told of it; an empty text takes it back. Its final has the
   * same `utteranceId`, which is the plugin's own name for it and unique within the transcription.
   */
  'utterance.partial': { readonly party: Party; readonly utteranceId: string; readonly text: string };
  /** An utterance that is over. Told once for each `utteranceId`; never empty. */
  'utterance.final': {
    readonly party: Party;
    readonly utteranceId: string;
    readonly text: string;
    readonly startMs: number;
    readonly endMs: number;
    /** 0 to 1. */
    readonly confidence?: number;
  };
  /** The service has found better words for an utterance whose final was told. */
  'utterance.revised': {
    readonly party: Party;
    readonly utteranceId: string;
    readonly text: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly confidence?: number;
  };
  'speech.started': { readonly party: Party; readonly atMs: number };
  'speech.stopped': { readonly party: Party; readonly atMs: number };
  /** Audio that will never be transcribed: it was lost on the way, or left out on purpose. */
  gap: { readonly fromMs: number; readonly toMs: number; readonly reason: string };
  /**
   * How it is doing, whenever that changes. `code` is stable (`DEEPGRAM_UNAUTHORIZED`) and `message` is for the operator: what
   * happened, and what to do. Neither holds words said, numbers or secrets. FAILED has both.
   */
  state: { readonly state: TranscriptionState; readonly code?: string; readonly message?: string };
}

/** What happened, in one word. */
export type TranscriberEventType = keyof TranscriberEventFields;

/** Every type of event. The compiler keeps it complete. */
export const TRANSCRIBER_EVENT_TYPES = Object.keys({
  'utterance.partial': 0,
  'utterance.final': 0,
  'utterance.revised': 0,
  'speech.started': 0,
  'speech.stopped': 0,
  gap: 0,
  state: 0,
} satisfies Record<TranscriberEventType, 0>) as readonly TranscriberEventType[];

/** An event of one type. */
export type TranscriberEventOf<Type extends TranscriberEventType> = {
  readonly type: Type;
} & TranscriberEventFields[Type];

/** One event of a transcription, told apart by `type`. */
export type TranscriberEvent = {
  [Type in TranscriberEventType]: TranscriberEventOf<Type>;
}[TranscriberEventType];

/** Everything outside an instance that it may touch. */
export interface TranscriberHost {
  /** Like the global `fetch`, with a deadline when the caller gives none. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Opens a WebSocket.
   * @throws {FaultError} PROVIDER_REFUSED when the handshake is answered with a status, with `details.status` and, where the
   * answer has any, `details.body`: its first 4 KiB as text; PROVIDER_UNREACHABLE or PROVIDER_TIMEOUT when it is not answered.
   */
  dial(url: URL, options: DialOptions): Promise<Socket>;
  /** An unguessable token, 256 bits as base64url. */
  randomToken(): string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly state: PluginState;
}

/** Gives a plugin its type without repeating it: `export default defineTranscriber({ ... })`. */
export function defineTranscriber<Options>(plugin: TranscriberPlugin<Options>): TranscriberPlugin<Options> {
  return plugin;
}
