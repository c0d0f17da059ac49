/**
 * The contract of transcriber plugins, version 1. A transcriber turns the audio of calls into text, for providers that send
 * no transcript. As with provider plugins (`contract.ts`), the daemon starts and stops each instance once, enforces
 * deadlines and isolates failures.
 *
 * An instance serves many calls. Each is a *transcription*: it receives audio by party in real time and emits partials,
 * finals and speech marks. All positions are in ms on the timeline of the call's audio: results for audio that was written
 * at 5000 have positions from 5000, regardless of delays and reconnects.
 */
import type { CONTRACT_VERSION } from './contract.ts';
import type { PluginHost } from './host.ts';
import type { CallId, ProviderId } from './ids.ts';
import type { OptionsSchema } from './standard-schema.ts';
import type { CallDirection, Party } from './vocabulary.ts';

/** A transcriber plugin: the default export of its module. Importing the module must have no side effects. */
export interface TranscriberPlugin<Options> {
  /** Distinguishes it from a provider plugin. */
  readonly kind: 'transcriber';
  /** Name in logs, for example `deepgram`. */
  readonly name: string;
  /** Name in the user interface, for example `Deepgram`. */
  readonly displayName: string;
  readonly contract: typeof CONTRACT_VERSION;
  /** Validates `options` of the configuration and fills in defaults. Should reject unknown keys. */
  readonly options: OptionsSchema<Options>;
  /** Creates an instance, as `ProviderPlugin.create` does: synchronously and without I/O. */
  create(options: Options, host: TranscriberHost): Transcriber;
}

/** An instance of a transcriber plugin. */
export interface Transcriber {
  /**
   * Prepares the instance, as `Provider.start` does. It does not have to connect to the service: the first call may come
   * much later.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Ends every timer, socket and request, and all transcriptions. `signal` aborts after 5 s. */
  stop(signal: AbortSignal): Promise<void>;
  /**
   * Starts to transcribe a call and returns immediately; the plugin buffers audio until the service is ready. `signal`
   * aborts when no further results are needed, not even pending ones.
   * @throws {FaultError} LIMIT_EXCEEDED if the instance already transcribes as many calls as it can.
   */
  open(request: TranscriptionRequest, signal: AbortSignal): Transcription;
  /**
   * Resolves if the service is reachable and accepts the credentials, otherwise rejects. Called after the start and every
   * minute; `signal` aborts after 10 s. `sidetone check` also calls it on an instance that is never started, beside a running
   * daemon: it must not need what the start prepares.
   */
  health?(signal: AbortSignal): Promise<void>;
}

/** The call to transcribe, the format of its audio and the receiver of the results. */
export interface TranscriptionRequest {
  readonly call: TranscribedCall;
  /** The parties whose audio is written, in a fixed order that can be used as channel order. */
  readonly parties: readonly Party[];
  /** Hz. The audio is 16-bit little-endian PCM, one channel for each party. */
  readonly sampleRate: number;
  /** BCP 47. Default: the language in the options of the instance. */
  readonly language?: string;
  /** Accepts an event. Never throws or blocks. Events after `end` has settled or the signal has aborted are dropped. */
  readonly emit: (event: TranscriberEvent) => void;
}

/** A call as it is passed to a transcriber, without personal data. */
export interface TranscribedCall {
  readonly id: CallId;
  readonly providerId: ProviderId;
  readonly direction?: CallDirection;
}

/** The transcription of one call. */
export interface Transcription {
  /**
   * Accepts the next audio of a party: whole samples, at most 1 s, starting at `atMs`. The audio of each party is
   * continuous, with silence where nothing was received, and all parties are written for one position before the next one.
   * A larger `atMs` means that audio in between is missing. `bytes` is shared and must not be changed. Must not throw or
   * block, so the plugin limits how much audio it buffers.
   */
  write(party: Party, bytes: Uint8Array, atMs: number): void;
  /** Signals the end of the audio. Resolves when the last results have been emitted; the daemon waits at most 15 s. */
  end(): Promise<void>;
}

/**
 * The state of a transcription: CONNECTING until the service accepts audio, TRANSCRIBING, RECONNECTING after the connection
 * was lost, and FAILED when the plugin has given up. FAILED is final; the call continues without a transcript.
 */
export const TRANSCRIPTION_STATES = ['CONNECTING', 'TRANSCRIBING', 'RECONNECTING', 'FAILED'] as const;
export type TranscriptionState = (typeof TRANSCRIPTION_STATES)[number];

/** The fields of each type of event. */
export interface TranscriberEventFields {
  /**
   * The whole text of an utterance so far. Replaces the previous partial of the utterance; an empty text removes it. The
   * final has the same `utteranceId`, which the plugin chooses and which is unique within the transcription.
   */
  'utterance.partial': { readonly party: Party; readonly utteranceId: string; readonly text: string };
  /** A completed utterance. Sent once for each `utteranceId`; the text is not empty. */
  'utterance.final': {
    readonly party: Party;
    readonly utteranceId: string;
    readonly text: string;
    readonly startMs: number;
    readonly endMs: number;
    /** 0 to 1. */
    readonly confidence?: number;
  };
  /** A better text for an utterance whose final has been sent. */
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
  /** Audio that will never be transcribed, because it was lost or skipped. */
  gap: { readonly fromMs: number; readonly toMs: number; readonly reason: string };
  /**
   * A change of state. `code` is stable, for example `DEEPGRAM_UNAUTHORIZED`; `message` says what happened and what the
   * operator should do. Neither contains transcripts, telephone numbers or secrets. FAILED has both.
   */
  state: { readonly state: TranscriptionState; readonly code?: string; readonly message?: string };
}

/** The type of an event. */
export type TranscriberEventType = keyof TranscriberEventFields;

/** All event types. */
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

/** An event of a transcription, discriminated by `type`. */
export type TranscriberEvent = {
  [Type in TranscriberEventType]: TranscriberEventOf<Type>;
}[TranscriberEventType];

/** The host of a transcriber plugin. */
export interface TranscriberHost extends PluginHost {}

/** Returns `plugin` unchanged; infers its types. Use it as `export default defineTranscriber({ ... })`. */
export function defineTranscriber<Options>(plugin: TranscriberPlugin<Options>): TranscriberPlugin<Options> {
  return plugin;
}
