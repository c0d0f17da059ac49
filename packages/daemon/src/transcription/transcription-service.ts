/**
 * Transcribes calls: those whose provider is configured so, from their first audio to their end, and those for which a client
 * requests it. Transcribers receive the audio of the call's timeline, independent of the format of the provider.
 */
import {
  FaultError,
  invalidArgument,
  isLive,
  isTranscribed,
  type Call,
  type CallId,
  type Capability,
  type Logger,
  type ProviderId,
} from '@sidetone/core';
import type { CallRegistry } from '../calls/call-registry.ts';
import { followCalls } from '../calls/call-sessions.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { RecordSource } from '../calls/ports.ts';
import type { ProviderDirectory, TranscriberDirectory } from '../plugins/ports.ts';
import { MAX_LATE_AUDIO_MS, type StreamSource } from '../audio/ports.ts';
import {
  createTranscriptionSession,
  type TranscriptionSession,
  type TranscriptionSessionDeps,
  type TranscriptionSettings,
} from './transcription-session.ts';
import type { NowOrLater } from '../now-or-later.ts';

/** How long after the end of a call its last audio may be delivered if all streams are closed, ms: frames are 320 ms late. */
export const LAST_AUDIO_MS = 400;
/** How long the stop of the daemon waits for the last transcripts, ms. */
export const STOP_TIMEOUT_MS = 3000;

export interface TranscriptionServiceDeps extends TranscriptionSessionDeps {
  readonly transcribers: TranscriberDirectory;
  readonly streams: StreamSource;
  readonly providers: Pick<ProviderDirectory, 'get'>;
  /** Returns the `transcribe` setting of a provider: the id of a transcriber, `auto` or `off`. */
  readonly settingOf: (providerId: ProviderId) => string;
  readonly ingest: Pick<Ingest, 'record' | 'recordBy' | 'current' | 'ready' | 'recorded'>;
  readonly feeds: RecordSource;
  readonly registry: Pick<CallRegistry, 'live' | 'peek'>;
  readonly log: Logger;
}

/** A client's request to start or stop a transcription. */
export interface TranscribeRequest extends Partial<TranscriptionSettings> {
  readonly on: boolean;
  readonly by: string;
}

export class TranscriptionService {
  readonly #deps: TranscriptionServiceDeps;
  readonly #sessions = new Map<CallId, TranscriptionSession>();
  readonly #endings = new Set<Promise<void>>();
  #unfollow: (() => Promise<void>) | undefined;
  #isStopped = false;

  constructor(deps: TranscriptionServiceDeps) {
    this.#deps = deps;
  }

  /** Number of calls that are transcribed, or will be with their first audio. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Number of transcriptions that wait for their last transcript. */
  get ending(): number {
    return this.#endings.size;
  }

  /** Starts to transcribe live calls and those that start later. */
  start(): void {
    this.#deps.transcribers.onRunning((id) => this.#resume(id));
    this.#unfollow = followCalls(this.#deps, {
      onStart: (call) => this.#openAutomatically(call),
      onLeft: (callId) => this.#finish(callId),
      onEnd: (callId) => this.#endWithCall(callId),
      lastAudioMs: LAST_AUDIO_MS,
      lateAudio: { streams: this.#deps.streams, maxMs: MAX_LATE_AUDIO_MS },
    });
  }

  /** Waits for the last transcripts, up to STOP_TIMEOUT_MS. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#unfollow?.();
    for (const callId of this.#sessions.keys()) this.#finish(callId);
    const finished = new AbortController();
    const timeout = this.#deps.clock.delay(STOP_TIMEOUT_MS, finished.signal);
    await Promise.race([Promise.all(this.#endings), timeout]);
    finished.abort();
  }

  /**
   * Starts or stops the transcription of a live call. Resolves when the change is stored; the transcriber reports later whether
   * it succeeds.
   * @throws {FaultError} CALL_NOT_FOUND, CALL_NOT_LIVE, CAPABILITY_MISSING if the call has no audio, or INPUT_INVALID for an
   * unknown transcriber.
   */
  async set(callId: CallId, request: TranscribeRequest): Promise<Call> {
    await this.#deps.ingest.ready(callId);
    const offered = this.#offeredBy(this.#liveCall(callId));
    const capabilities = offered instanceof Promise ? await offered : offered;
    // It may have ended or been given up while its plugin was asked.
    await this.#deps.ingest.ready(callId);
    const call = this.#liveCall(callId);
    if (request.on) this.#switchOn(call, capabilities, request);
    else this.#switchOff(call, request.by);
    await this.#deps.ingest.recorded(callId);
    return this.#deps.ingest.current(callId) ?? call;
  }

  #offeredBy(call: Call): NowOrLater<readonly Capability[]> {
    return this.#deps.providers.get(call.providerId)?.capabilitiesFor(call) ?? [];
  }

  #switchOn(
    call: Call,
    capabilities: readonly Capability[],
    { transcriber, language, by }: TranscribeRequest,
  ): void {
    const settings = {
      transcriber: this.#choose(call, transcriber),
      ...(language !== undefined && { language }),
    };
    const current = this.#sessions.get(call.id)?.settings;
    const isSame = current?.transcriber === settings.transcriber && current.language === language;
    if (isSame && isTranscribed(call)) return;
    if (!capabilities.includes('LISTEN'))
      throw new FaultError('CAPABILITY_MISSING', 'the call has no audio to transcribe');
    this.#finish(call.id);
    this.#record(call.id, settings.transcriber, 'CONNECTING', by);
    this.#open(call.id, settings);
  }

  #switchOff(call: Call, by: string): void {
    const transcriber = this.#sessions.get(call.id)?.settings.transcriber ?? call.transcription?.transcriber;
    this.#finish(call.id);
    if (transcriber !== undefined && call.transcription?.state !== 'STOPPED')
      this.#record(call.id, transcriber, 'STOPPED', by);
  }

  #record(callId: CallId, transcriber: string, state: 'CONNECTING' | 'STOPPED', by: string): void {
    const transcription = { transcriber, state };
    this.#deps.ingest.recordBy(by, callId, { type: 'TRANSCRIPTION_CHANGED', transcription });
  }

  #liveCall(callId: CallId): Call {
    const call = this.#deps.ingest.current(callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    if (isLive(call)) return call;
    throw new FaultError('CALL_NOT_LIVE', 'the call has ended; only live calls are transcribed');
  }

  #choose(call: Call, requested: string | undefined): string {
    const ids = this.#deps.transcribers.list().map(({ id }) => id);
    const only = ids.length === 1 ? ids[0] : undefined;
    const id = requested ?? call.transcription?.transcriber ?? this.#configuredFor(call) ?? only;
    if (id !== undefined && ids.includes(id)) return id;
    const expected = ids.length === 0 ? 'a transcriber, but none is configured' : `one of ${ids.join(', ')}`;
    throw invalidArgument('transcriber', `expected ${expected}`);
  }

  /** Returns the transcriber that a call gets without a request. */
  #configuredFor({ providerId }: Call): string | undefined {
    const { settingOf, providers, transcribers } = this.#deps;
    const setting = settingOf(providerId);
    if (setting === 'off') return undefined;
    if (setting !== 'auto') return setting;
    return providers.get(providerId)?.providesTranscript ? undefined : transcribers.list()[0]?.id;
  }

  /** Continues transcriptions of a transcriber that runs again. */
  #resume(transcriber: string): void {
    if (this.#isStopped) return;
    for (const call of this.#deps.registry.live()) this.#openAutomatically(call, transcriber);
  }

  /** Does nothing if a client stopped the transcription, or if the call uses another transcriber than `only`. */
  #openAutomatically(call: Call, only?: string): void {
    if (this.#sessions.has(call.id) || call.transcription?.state === 'STOPPED') return;
    const transcriber = call.transcription?.transcriber ?? this.#configuredFor(call);
    if (transcriber === undefined || (only !== undefined && only !== transcriber)) return;
    this.#open(call.id, { transcriber });
  }

  #open(callId: CallId, settings: TranscriptionSettings): void {
    const forget = (): void => void this.#sessions.delete(callId);
    this.#sessions.set(callId, createTranscriptionSession(callId, settings, this.#deps, forget));
  }

  #endWithCall(callId: CallId): void {
    const session = this.#sessions.get(callId);
    if (session) this.#deps.streams.leaveOut(callId, 'transcript', session.leftOut);
    this.#finish(callId);
  }

  #finish(callId: CallId): void {
    const session = this.#sessions.get(callId);
    if (!session) return;
    this.#sessions.delete(callId);
    const ending = session.end().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}
