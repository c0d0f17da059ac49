/**
 * Records calls from their first audio to their end. Start and end of a recording are events of the call; the file is named
 * after the call's id. A failed recording never affects the call.
 */
import { mkdir } from 'node:fs/promises';
import {
  FaultError,
  messageOf,
  type Call,
  type CallId,
  type Clock,
  type Logger,
  type ProviderId,
  type RecordingEnd,
} from '@sidetone/core';
import { backOffMs } from '@sidetone/plugin-kit';
import { BYTES_PER_MS } from '../audio/frames.ts';
import { createLossReport } from '../audio/loss-report.ts';
import {
  MAX_LATE_AUDIO_MS,
  TOO_LATE_AFTER_END,
  type AudioSource,
  type StreamSource,
} from '../audio/ports.ts';
import type { CallRegistry } from '../calls/call-registry.ts';
import { followCalls } from '../calls/call-sessions.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { RecordSource } from '../calls/ports.ts';
import { findUnwritable, makeFolders, PRIVATE_FOLDER } from '../files/folders.ts';
import type { Demand } from '../live/demand.ts';
import { mapNowOrLater, type NowOrLater } from '../now-or-later.ts';
import type { Compressor } from './compression/compressor.ts';
import type {
  Recording,
  RecordingArchive,
  RecordingFile,
  RecordingRows,
  StoredFile,
  StoredRecording,
} from './ports.ts';
import type { RecordingFiles } from './recording-files.ts';
import { createRecorder, FORMAT, type Recorder, type RecordingStart } from './recorder.ts';
import { wavFiles, type WavFiles } from './wav-file.ts';

/** How long after the end of a call its last audio may be delivered if all streams are closed, ms. */
const LAST_AUDIO_MS = 200;
const READ_RETRY = { firstMs: 250, maxMs: 5000 } as const;
/** How long the last writes of a file may take before it is left as it is, ms. */
export const FINISH_TIMEOUT_MS = 5000;

export interface RecordingServiceDeps {
  readonly audio: AudioSource;
  readonly streams: StreamSource;
  readonly demand: Pick<Demand, 'add'>;
  readonly feeds: RecordSource;
  readonly registry: Pick<CallRegistry, 'live' | 'peek' | 'recall' | 'onMoved'>;
  readonly ingest: Pick<Ingest, 'record' | 'current'>;
  readonly rows: RecordingRows;
  readonly files: RecordingFiles;
  /** Compresses the recordings of ended calls. */
  readonly compressor: Pick<Compressor, 'add' | 'exclude'>;
  /** Returns whether another node may be recording a call now. Missing without other nodes. */
  readonly isElsewhere?: ((callId: CallId) => Promise<boolean>) | undefined;
  /** Returns whether the calls of a provider are recorded. */
  readonly isRecorded: (providerId: ProviderId) => boolean;
  /** Whether waveforms of recorded calls are kept. */
  readonly keepsWaveforms: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Creates the files of live calls. */
  readonly wavFiles?: WavFiles;
}

interface Session {
  readonly recorder: Recorder;
  /** Stops receiving the call's audio. */
  readonly leave: () => void;
  hasFailed: boolean;
  /** Resolves when the file is finished. */
  finishing?: Promise<void>;
}

export class RecordingService implements RecordingArchive {
  readonly #deps: RecordingServiceDeps;
  readonly #wavFiles: WavFiles;
  readonly #sessions = new Map<CallId, Session>();
  #unfollow: (() => Promise<void>) | undefined;

  constructor(deps: RecordingServiceDeps) {
    this.#deps = deps;
    this.#wavFiles = deps.wavFiles ?? wavFiles;
  }

  /** Number of calls that are recorded now or will be with their first audio. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Number of blocks of all recordings that wait for the disk. */
  get waitingBlocks(): number {
    return [...this.#sessions.values()].reduce((sum, { recorder }) => sum + recorder.waiting, 0);
  }

  /** Creates the folder of the files. @throws {FaultError} RECORDINGS_UNWRITABLE. */
  prepareFolder(): void {
    const { folder } = this.#deps.files;
    try {
      makeFolders(folder);
    } catch (cause) {
      const message = `recording.path: cannot create ${folder}: ${messageOf(cause)}`;
      throw new FaultError('RECORDINGS_UNWRITABLE', message, { cause });
    }
    const unwritable = findUnwritable([folder]);
    if (unwritable !== undefined)
      throw new FaultError('RECORDINGS_UNWRITABLE', `recording.path: ${unwritable}`);
  }

  /** Repairs the files that a crashed daemon left open. Never rejects. */
  async repair(): Promise<void> {
    for (const { callId, channels, sampleRate } of await this.#deps.rows.open()) {
      try {
        if (await this.#isElsewhere(callId)) continue;
        const bytes = await this.#deps.files.repair(callId, { channels, sampleRate });
        this.#recordEnd(callId, 'COMPLETE', bytes);
      } catch (error) {
        this.#deps.log.warn('repairing a recording failed', { callId, reason: messageOf(error) });
      }
    }
  }

  /** Whether a file is not here, or another node writes it: nodes can share the folder. */
  async #isElsewhere(callId: CallId): Promise<boolean> {
    const { isElsewhere } = this.#deps;
    return isElsewhere !== undefined && (!(await this.stored(callId)) || (await isElsewhere(callId)));
  }

  /** Starts to record live calls and those that start later. */
  start(): void {
    const { audio, streams } = this.#deps;
    this.#unfollow = followCalls(this.#deps, {
      onStart: (call) => this.#open(call),
      onLeft: (callId) => void this.#finish(callId),
      onEnding: (callId) => audio.endSilence(callId),
      onEnd: (callId) => this.#endWithCall(callId),
      lastAudioMs: LAST_AUDIO_MS,
      lateAudio: { streams, maxMs: MAX_LATE_AUDIO_MS },
    });
  }

  /** Finishes all files. Never rejects. */
  async stop(): Promise<void> {
    await this.#unfollow?.();
    await Promise.all([...this.#sessions.keys()].map((callId) => this.#finish(callId)));
  }

  find(callId: CallId): NowOrLater<Recording | undefined> {
    return mapNowOrLater(this.#deps.rows.get(callId), (row) => row && this.#asItIs(row));
  }

  #asItIs(row: StoredRecording): Recording | undefined {
    const { callId } = row;
    const bytes = Math.max(row.bytes ?? 0, this.#sessions.get(callId)?.recorder.bytes ?? 0);
    if (bytes === 0) return undefined;
    return { ...row, bytes, durationMs: Math.floor(bytes / BYTES_PER_MS) };
  }

  async open(callId: CallId): Promise<RecordingFile | undefined> {
    const recording = await this.find(callId);
    return recording && this.#deps.files.open(recording);
  }

  stored(callId: CallId): Promise<StoredFile | undefined> {
    return this.#deps.files.stored(callId);
  }

  /** Deletes the recording of an ended call. @throws {FaultError} STORE_WRITE_FAILED. */
  async erase(callId: CallId): Promise<void> {
    const { compressor, files } = this.#deps;
    await this.#finish(callId);
    try {
      await compressor.exclude(callId, () => files.remove(callId));
    } catch (cause) {
      throw new FaultError('STORE_WRITE_FAILED', 'the recording cannot be deleted now', { cause });
    }
  }

  #open({ id: callId, providerId }: Call): void {
    const { audio, demand, isRecorded, keepsWaveforms } = this.#deps;
    if (!isRecorded(providerId) || this.#sessions.has(callId)) return;
    const recorder = createRecorder({
      start: (at) => this.#startFile(callId, at),
      onFailed: (reason) => this.#fail(callId, reason),
      losses: createLossReport(this.#deps.clock, (_at, ms) =>
        this.#reportGap(callId, ms, 'the audio arrived too late'),
      ),
    });
    const leaveAudio = audio.joinBlocks(callId, recorder);
    const releaseDemand = keepsWaveforms ? demand.add('levels', [callId]) : undefined;
    const leave = (): void => {
      leaveAudio();
      releaseDemand?.();
    };
    this.#sessions.set(callId, { recorder, leave, hasFailed: false });
  }

  /** Undefined if the recording ended before the store could be read. */
  #startFile(callId: CallId, at: number): NowOrLater<RecordingStart | undefined> {
    const row = this.#deps.rows.get(callId);
    const start = (known: Pick<StoredRecording, 'startedAt'> | undefined): RecordingStart =>
      this.#openFile(callId, known?.startedAt ?? Math.round(at));
    if (!(row instanceof Promise)) return start(row);
    return this.#whileRecording(callId, row).then((found) => found && start(found.row));
  }

  /** Retries a read until it succeeds: at another position, audio would replace that of before the restart. Never rejects. */
  async #whileRecording(
    callId: CallId,
    first: Promise<StoredRecording | undefined>,
  ): Promise<{ readonly row: StoredRecording | undefined } | undefined> {
    const { rows, clock, log } = this.#deps;
    let read: NowOrLater<StoredRecording | undefined> = first;
    for (let failures = 1; ; failures++) {
      try {
        const row = await read;
        return this.#sessions.has(callId) ? { row } : undefined;
      } catch (error) {
        if (failures === 1)
          log.warn('reading a recording failed, retrying', { callId, reason: messageOf(error) });
      }
      await clock.delay(backOffMs(READ_RETRY, failures));
      if (!this.#sessions.has(callId)) return undefined;
      read = rows.get(callId);
    }
  }

  #openFile(callId: CallId, startedAt: number): RecordingStart {
    const { ingest, files } = this.#deps;
    ingest.record(callId, { type: 'RECORDING_STARTED', startedAt, ...FORMAT });
    // Its parents exist since the start. A missing folder is reported by the file.
    const file = mkdir(files.folder, PRIVATE_FOLDER)
      .catch(() => undefined)
      .then(() => this.#wavFiles.open(files.pathOf(callId, 'WAV'), FORMAT));
    return { startedAt, file };
  }

  #fail(callId: CallId, reason: string): void {
    const session = this.#sessions.get(callId);
    if (!session) return;
    session.hasFailed = true;
    const message = `the recording ended before the call: ${reason}`;
    this.#deps.log.error('recording failed', { callId, reason });
    this.#deps.ingest.record(callId, { type: 'CALL_NOTICE', code: 'RECORDING_FAILED', message });
    // After the recorder's own step.
    void Promise.resolve().then(() => this.#finish(callId));
  }

  #reportGap(callId: CallId, ms: number, reason: string): void {
    const message = `${(ms / 1000).toFixed(1)} s of the call are missing in the recording: ${reason}`;
    this.#deps.ingest.record(callId, { type: 'CALL_NOTICE', code: 'RECORDING_GAP', message });
  }

  #endWithCall(callId: CallId): void {
    // Another node has recorded it.
    if (!this.#deps.registry.recall(callId)) return;
    if (this.#sessions.has(callId))
      this.#deps.streams.leaveOut(callId, 'recording', (ms) =>
        this.#reportGap(callId, ms, TOO_LATE_AFTER_END),
      );
    void this.#finish(callId).then(() => this.#deps.compressor.add(callId));
  }

  /** Ends the recording of a call. Concurrent calls return the same promise. */
  #finish(callId: CallId): Promise<void> {
    const session = this.#sessions.get(callId);
    if (!session) return Promise.resolve();
    return (session.finishing ??= this.#close(callId, session));
  }

  async #close(callId: CallId, session: Session): Promise<void> {
    const { clock, log } = this.#deps;
    const { recorder, leave } = session;
    leave();
    const finished = new AbortController();
    await Promise.race([recorder.finish(), clock.delay(FINISH_TIMEOUT_MS, finished.signal)]);
    finished.abort();
    const { bytes, droppedMs, hasStarted } = recorder;
    if (droppedMs > 0) {
      log.warn('dropped audio of a recording: the disk is too slow', { callId, droppedMs });
      this.#reportGap(callId, droppedMs, 'the disk is too slow');
    }
    if (hasStarted) this.#recordEnd(callId, session.hasFailed ? 'FAILED' : 'COMPLETE', bytes);
    this.#sessions.delete(callId);
  }

  #recordEnd(callId: CallId, end: RecordingEnd, bytes: number): void {
    const durationMs = Math.floor(bytes / BYTES_PER_MS);
    this.#deps.ingest.record(callId, { type: 'RECORDING_STOPPED', end, durationMs, bytes });
  }
}
