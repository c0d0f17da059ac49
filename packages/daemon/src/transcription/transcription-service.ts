/**
 * Which calls are transcribed: those whose provider is set to be, from their first audio to their end, and those that
 * somebody asks it for. The audio is the call's time line, so that it is the same whatever the provider sends.
 */
import {
  FaultError,
  invalidArgument,
  isLive,
  isTranscribed,
  type Call,
  type CallFact,
  type CallId,
  type Logger,
  type ProviderId,
} from '@sidetone/core';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { LiveFeeds } from '../live/ports.ts';
import type { ProviderDirectory, TranscriberDirectory } from '../plugins/ports.ts';
import {
  createTranscriptionSession,
  type TranscriptionSession,
  type TranscriptionSessionDeps,
  type TranscriptionSettings,
} from './transcription-session.ts';

/** How long after the end of a call its last audio is waited for, ms: to a sink that is patient, frames come a third of a second late. */
export const LAST_AUDIO_MS = 400;
/** How long the daemon's stop waits for the last words of its calls, ms. */
export const STOP_TIMEOUT_MS = 3000;

export interface TranscriptionServiceDeps extends TranscriptionSessionDeps {
  readonly transcribers: TranscriberDirectory;
  readonly providers: Pick<ProviderDirectory, 'get'>;
  /** What a provider is set to: the id of a transcriber, `auto` or `off`. */
  readonly settingOf: (providerId: ProviderId) => string;
  readonly ingest: Pick<Ingest, 'record' | 'current' | 'committed'>;
  readonly feeds: Pick<LiveFeeds, 'records'>;
  readonly registry: Pick<CallRegistry, 'live' | 'peek'>;
  readonly log: Logger;
}

/** What somebody asks for. */
export interface TranscribeRequest extends Partial<TranscriptionSettings> {
  readonly on: boolean;
  readonly by: string;
}

export class TranscriptionService {
  readonly #deps: TranscriptionServiceDeps;
  readonly #sessions = new Map<CallId, TranscriptionSession>();
  readonly #endings = new Set<Promise<void>>();
  #records: ReturnType<LiveFeeds['records']> | undefined;
  #isStopped = false;

  constructor(deps: TranscriptionServiceDeps) {
    this.#deps = deps;
  }

  /** Calls that are transcribed, or will be with their first audio. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Transcriptions whose last words are awaited. */
  get ending(): number {
    return this.#endings.size;
  }

  /** Transcribes the calls that are live, and those that come. */
  start(): void {
    const { feeds, transcribers } = this.#deps;
    this.#records = feeds.records({ types: ['CALL_STARTED', 'CALL_ENDED'] });
    transcribers.onRunning((id) => this.#takeUp(id));
    this.#takeUp();
    void this.#follow(this.#records);
  }

  /** Waits for the last words, for a moment. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#records?.return?.();
    for (const callId of this.#sessions.keys()) this.#finish(callId);
    const isLate = new AbortController();
    await Promise.race([Promise.all(this.#endings), this.#deps.clock.delay(STOP_TIMEOUT_MS, isLate.signal)]);
    isLate.abort();
  }

  /**
   * Has a live call transcribed, or no longer. Settles when that is stored; whether the service takes it is told by facts.
   * @throws {FaultError} CALL_NOT_FOUND, CALL_NOT_LIVE, CAPABILITY_MISSING when there is nothing to hear, or INPUT_INVALID for
   * a transcriber that is none.
   */
  async set(callId: CallId, request: TranscribeRequest): Promise<Call> {
    const call = this.#live(callId);
    if (request.on) this.#switchOn(call, request);
    else this.#switchOff(call, request.by);
    await this.#deps.ingest.committed();
    return this.#deps.ingest.current(callId) ?? call;
  }

  #switchOn(call: Call, { transcriber, language, by }: TranscribeRequest): void {
    const wish = {
      transcriber: this.#choose(call, transcriber),
      ...(language !== undefined && { language }),
    };
    const now = this.#sessions.get(call.id)?.wish;
    const isSame = now?.transcriber === wish.transcriber && now.language === language;
    if (isSame && isTranscribed(call)) return;
    if (!this.#deps.providers.get(call.providerId)?.capabilitiesFor(call).includes('LISTEN'))
      throw new FaultError('CAPABILITY_MISSING', 'there is nothing to hear of this call');
    this.#finish(call.id);
    this.#tell(call.id, wish.transcriber, 'CONNECTING', by);
    this.#begin(call.id, wish);
  }

  #switchOff(call: Call, by: string): void {
    const transcriber = this.#sessions.get(call.id)?.wish.transcriber ?? call.transcription?.transcriber;
    this.#finish(call.id);
    if (transcriber !== undefined && call.transcription?.state !== 'STOPPED')
      this.#tell(call.id, transcriber, 'STOPPED', by);
  }

  #tell(callId: CallId, transcriber: string, state: 'CONNECTING' | 'STOPPED', by: string): void {
    const fact: CallFact = { type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber, state }, by };
    this.#deps.ingest.record(callId, fact);
  }

  #live(callId: CallId): Call {
    const call = this.#deps.ingest.current(callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    if (isLive(call)) return call;
    throw new FaultError('CALL_NOT_LIVE', 'the call is over: only live calls are transcribed');
  }

  #choose(call: Call, asked: string | undefined): string {
    const ids = this.#deps.transcribers.list().map(({ id }) => id);
    const only = ids.length === 1 ? ids[0] : undefined;
    const id = asked ?? call.transcription?.transcriber ?? this.#setFor(call) ?? only;
    if (id !== undefined && ids.includes(id)) return id;
    const expected = ids.length === 0 ? 'a transcriber, and none is configured' : `one of ${ids.join(', ')}`;
    throw invalidArgument('transcriber', `expected ${expected}`);
  }

  /** Which transcriber a call gets without being asked. */
  #setFor({ providerId }: Call): string | undefined {
    const { settingOf, providers, transcribers } = this.#deps;
    const setting = settingOf(providerId);
    if (setting === 'off') return undefined;
    if (setting !== 'auto') return setting;
    return providers.get(providerId)?.providesTranscript ? undefined : transcribers.list()[0]?.id;
  }

  async #follow(records: ReturnType<LiveFeeds['records']>): Promise<void> {
    const { clock, log, registry } = this.#deps;
    try {
      for await (const { callId, fact } of records) {
        const call = registry.peek(callId);
        if (fact.type === 'CALL_STARTED' && call) this.#watch(call);
        else if (fact.type === 'CALL_ENDED') void clock.delay(LAST_AUDIO_MS).then(() => this.#finish(callId));
      }
    } catch (error) {
      log.error('calls are no longer transcribed', { error });
    }
  }

  /** Goes on with what an end of ours, or of the transcriber that runs again, has cut off. */
  #takeUp(transcriber?: string): void {
    if (this.#isStopped) return;
    for (const call of this.#deps.registry.live()) this.#watch(call, transcriber);
  }

  /** What somebody has switched off stays off. */
  #watch(call: Call, only?: string): void {
    if (this.#sessions.has(call.id) || call.transcription?.state === 'STOPPED') return;
    const transcriber = call.transcription?.transcriber ?? this.#setFor(call);
    if (transcriber === undefined || (only !== undefined && only !== transcriber)) return;
    this.#begin(call.id, { transcriber });
  }

  #begin(callId: CallId, wish: TranscriptionSettings): void {
    const forget = (): void => void this.#sessions.delete(callId);
    this.#sessions.set(callId, createTranscriptionSession(callId, wish, this.#deps, forget));
  }

  #finish(callId: CallId): void {
    const session = this.#sessions.get(callId);
    if (!session) return;
    this.#sessions.delete(callId);
    const ending = session.end().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}
