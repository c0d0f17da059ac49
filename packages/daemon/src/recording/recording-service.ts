/**
 * Which calls are recorded, from their first audio to their end. That a recording began and ended are facts of the call;
 * the file is named by the call's id alone. Whatever happens to a recording, nothing happens to its call.
 */
import { mkdir, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  encodeWavHeader,
  FaultError,
  messageOf,
  WAV_HEADER_BYTES,
  type CallId,
  type Clock,
  type Logger,
  type ProviderId,
} from '@sidetone/core';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { AudioSource } from '../audio/ports.ts';
import type { LiveFeeds } from '../live/ports.ts';
import type { Recording, RecordingArchive, RecordingFile, RecordingRows } from './ports.ts';
import type { Demand } from '../live/demand.ts';
import { BYTES_PER_MS, createRecorder, FORMAT, type Recorder } from './recorder.ts';
import { mendWavFile, removeWavFile, wavFiles, type WavFiles } from './wav-file.ts';

/** How long after the end of a call its last audio is waited for, ms: frames come later than they are heard. */
const LAST_AUDIO_MS = 200;
/** How long a file may take to be finished before it is left as it is, ms. */
export const FINISH_TIMEOUT_MS = 5000;

export interface RecordingServiceDeps {
  readonly audio: AudioSource;
  readonly demand: Pick<Demand, 'add'>;
  readonly feeds: Pick<LiveFeeds, 'records'>;
  readonly registry: Pick<CallRegistry, 'live' | 'peek'>;
  readonly ingest: Pick<Ingest, 'record' | 'current'>;
  readonly rows: RecordingRows;
  /** Where the files are; made when the first recording begins. */
  readonly folder: string;
  /** Whether the calls of a provider are recorded. */
  readonly isRecorded: (providerId: ProviderId) => boolean;
  /** Whether the loudness of recorded calls is kept. */
  readonly keepsWaveforms: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly files?: WavFiles;
}

interface Session {
  readonly recorder: Recorder;
  /** Lets go of the call's audio. */
  readonly leave: () => void;
  hasFailed: boolean;
  /** Settles when the file is finished. */
  finishing?: Promise<void>;
}

export class RecordingService implements RecordingArchive {
  readonly #deps: RecordingServiceDeps;
  readonly #files: WavFiles;
  readonly #sessions = new Map<CallId, Session>();
  #records: ReturnType<LiveFeeds['records']> | undefined;

  constructor(deps: RecordingServiceDeps) {
    this.#deps = deps;
    this.#files = deps.files ?? wavFiles;
  }

  /** Calls that are recorded now, or as soon as there is audio. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Brings the files in order that a daemon left which did not stop cleanly. Never rejects. */
  async repair(): Promise<void> {
    for (const { callId, channels, sampleRate } of this.#deps.rows.open()) {
      try {
        const bytes = (await mendWavFile(this.#pathOf(callId), { channels, sampleRate })) ?? 0;
        this.#tellEnd(callId, 'COMPLETE', bytes);
      } catch (error) {
        this.#deps.log.warn('a recording cannot be mended now', { callId, reason: messageOf(error) });
      }
    }
  }

  /** Records the calls that are live, and those that come. */
  start(): void {
    const { feeds, registry } = this.#deps;
    this.#records = feeds.records({ types: ['CALL_STARTED', 'CALL_ENDED'] });
    for (const { id } of registry.live()) this.#watch(id);
    void this.#follow(this.#records);
  }

  /** Finishes every file. Never rejects. */
  async stop(): Promise<void> {
    await this.#records?.return?.();
    await Promise.all([...this.#sessions.keys()].map((callId) => this.#finish(callId)));
  }

  find(callId: CallId): Recording | undefined {
    const row = this.#deps.rows.get(callId);
    if (!row) return undefined;
    const bytes = Math.max(row.bytes ?? 0, this.#sessions.get(callId)?.recorder.bytes ?? 0);
    if (bytes === 0) return undefined;
    return { ...row, bytes, durationMs: Math.floor(bytes / BYTES_PER_MS) };
  }

  async open(callId: CallId): Promise<RecordingFile | undefined> {
    const recording = this.find(callId);
    const path = this.#pathOf(callId);
    const file = recording && (await stat(path).catch(() => undefined));
    if (!recording || !file) return undefined;
    const bytes = Math.min(recording.bytes, Math.max(0, file.size - WAV_HEADER_BYTES));
    // The head in the file is that of some seconds ago.
    const head = encodeWavHeader(recording, bytes);
    return {
      bytes: WAV_HEADER_BYTES + bytes,
      changedAt: file.mtimeMs,
      read: (from, to) => Readable.from(pieces(path, head, from, to), { objectMode: false }),
    };
  }

  /** Deletes what was recorded of a call that is over. @throws {FaultError} STORE_WRITE_FAILED. */
  async erase(callId: CallId): Promise<void> {
    await this.#finish(callId);
    try {
      await removeWavFile(this.#pathOf(callId));
    } catch (cause) {
      throw new FaultError('STORE_WRITE_FAILED', 'the recording cannot be deleted now', { cause });
    }
  }

  async #follow(records: ReturnType<LiveFeeds['records']>): Promise<void> {
    const { clock, log } = this.#deps;
    try {
      for await (const { callId, fact } of records) {
        if (fact.type === 'CALL_STARTED') this.#watch(callId);
        else if (this.#sessions.has(callId)) void clock.delay(LAST_AUDIO_MS).then(() => this.#finish(callId));
      }
    } catch (error) {
      log.error('calls are no longer recorded', { error });
    }
  }

  #watch(callId: CallId): void {
    const { registry, audio, demand, isRecorded } = this.#deps;
    const call = registry.peek(callId);
    if (!call || !isRecorded(call.providerId) || this.#sessions.has(callId)) return;
    const recorder = createRecorder({
      begin: (at) => this.#begin(callId, at),
      onFailed: (reason) => this.#fail(callId, reason),
    });
    const leaveAudio = audio.join(callId, recorder);
    const releaseDemand = this.#deps.keepsWaveforms ? demand.add('levels', [callId]) : undefined;
    const leave = (): void => {
      leaveAudio();
      releaseDemand?.();
    };
    this.#sessions.set(callId, { recorder, leave, hasFailed: false });
  }

  #begin(callId: CallId, at: number) {
    const { rows, ingest, folder } = this.#deps;
    const startedAt = rows.get(callId)?.startedAt ?? Math.round(at);
    ingest.record(callId, { type: 'RECORDING_STARTED', startedAt, ...FORMAT });
    const file = mkdir(folder, { recursive: true, mode: 0o700 }).then(() =>
      this.#files.open(this.#pathOf(callId), FORMAT),
    );
    return { startedAt, file };
  }

  #fail(callId: CallId, reason: string): void {
    const session = this.#sessions.get(callId);
    if (!session) return;
    session.hasFailed = true;
    const message = `the recording ended before the call: ${reason}`;
    this.#deps.log.error('a recording failed', { callId, reason });
    this.#deps.ingest.record(callId, { type: 'CALL_NOTICE', code: 'RECORDING_FAILED', message });
    // Not within the recorder's own step.
    void Promise.resolve().then(() => this.#finish(callId));
  }

  /** Ends the recording of a call. The same promise for all who ask. */
  #finish(callId: CallId): Promise<void> {
    const session = this.#sessions.get(callId);
    if (!session) return Promise.resolve();
    return (session.finishing ??= this.#close(callId, session));
  }

  async #close(callId: CallId, session: Session): Promise<void> {
    const { clock, log } = this.#deps;
    const { recorder, leave } = session;
    leave();
    const isLate = new AbortController();
    await Promise.race([recorder.finish(), clock.delay(FINISH_TIMEOUT_MS, isLate.signal)]);
    isLate.abort();
    const { bytes, droppedMs, hasBegun } = recorder;
    if (droppedMs > 0) log.warn('the disk was too slow for a recording', { callId, droppedMs });
    if (hasBegun) this.#tellEnd(callId, session.hasFailed ? 'FAILED' : 'COMPLETE', bytes);
    this.#sessions.delete(callId);
  }

  #tellEnd(callId: CallId, end: 'COMPLETE' | 'FAILED', bytes: number): void {
    const durationMs = Math.floor(bytes / BYTES_PER_MS);
    this.#deps.ingest.record(callId, { type: 'RECORDING_STOPPED', end, durationMs, bytes });
  }

  #pathOf(callId: CallId): string {
    return join(this.#deps.folder, `${callId}.wav`);
  }
}

async function* pieces(path: string, head: Uint8Array, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (from < head.length) yield head.subarray(from, to);
  if (to <= head.length) return;
  const start = Math.max(from, head.length);
  yield* createReadStream(path, { start, end: to - 1 }) as AsyncIterable<Buffer>;
}
