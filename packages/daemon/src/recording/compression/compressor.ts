/**
 * Replaces the WAV files of ended calls by FLAC files in the background, one at a time. A file is complete, verified and on the disk
 * before it gets its name, and the WAV file is deleted after that. A failure leaves the WAV file, and is not repeated before the
 * next start, except while the disk is full.
 */
import { rename, rm, stat } from 'node:fs/promises';
import {
  FaultError,
  messageOf,
  WAV_HEADER_BYTES,
  type CallId,
  type Clock,
  type Logger,
  PCM_SAMPLE_BYTES,
} from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import { freeBytesOf } from '../../files/disk-space.ts';
import { syncFolder } from '../../files/copy-file.ts';
import { mapNowOrLater, type NowOrLater } from '../../now-or-later.ts';
import type { RecordingRows, StoredRecording } from '../ports.ts';
import type { RecordingFiles } from '../recording-files.ts';
import type { Codec } from './codec-threads.ts';

/** Delay after the start of the daemon until recordings of earlier calls are compressed, ms. */
export const FIRST_SCAN_MS = 60_000;
/** Delay after the end of a call, ms: longer than its last writes take, and than the commit of its end. */
export const AFTER_END_MS = 10_000;
/** Recordings that wait in memory. Others are found when these are done. */
export const MAX_WAITING = 1000;
/** Recordings that are not tried again before the next start. */
export const MAX_SKIPPED = 10_000;
/** The pause after a failure, ms. */
export const FAILURE_PAUSE_MS = 60_000;
/** The pause while the disk is full, ms. */
export const FULL_DISK_PAUSE_MS = 15 * 60_000;
/** Space that a compression leaves free, besides that of its file, bytes. */
export const SPARE_BYTES = 64 * 1024 * 1024;

const FULL_DISK: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** The steps that change files. Tests replace them. */
export interface CompressionSteps {
  rename(from: string, to: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
  remove(path: string): Promise<void>;
  freeBytes(folder: string): Promise<number>;
}

const STEPS: CompressionSteps = {
  rename,
  syncFolder,
  remove: (path) => rm(path, { force: true }),
  freeBytes: freeBytesOf,
};

export interface CompressorDeps {
  /** Whether recordings are compressed. Otherwise only what an interrupted compression left is removed. */
  readonly isOn: boolean;
  readonly files: RecordingFiles;
  readonly codec: Pick<Codec, 'compress' | 'cancelCompression'>;
  readonly rows: Pick<RecordingRows, 'get'>;
  /** Returns a call if it is live. */
  readonly liveCall: (callId: CallId) => unknown;
  readonly clock: Clock;
  readonly log: Logger;
  readonly steps?: Partial<CompressionSteps>;
  /** Default: {@link MAX_WAITING}. */
  readonly maxWaiting?: number;
}

export interface CompressionCounts {
  readonly compressed: number;
  readonly failed: number;
  readonly savedBytes: number;
}

export class Compressor {
  readonly #deps: CompressorDeps;
  readonly #steps: CompressionSteps;
  readonly #stopping = new AbortController();
  /** In the order in which they are compressed. */
  readonly #waiting = new Set<CallId>();
  /** The timers of calls that have just ended. */
  readonly #cancels = new Set<() => void>();
  /** Recordings that could not be compressed. */
  readonly #skipped = new BoundedMap<CallId, true>(MAX_SKIPPED);
  /** Recordings that are being erased. */
  readonly #excluded = new Set<CallId>();
  readonly #counts = { compressed: 0, failed: 0, savedBytes: 0 };
  /** Recordings that did not find room in `#waiting`. */
  #further = 0;
  #current: { readonly callId: CallId; readonly done: Promise<unknown> } | undefined;
  #hasScanned = false;
  #isDiskFull = false;
  #wake = (): void => undefined;
  #running: Promise<void> | undefined;

  constructor(deps: CompressorDeps) {
    this.#deps = deps;
    this.#steps = { ...STEPS, ...deps.steps };
  }

  /** Recordings that are not compressed yet. */
  get pending(): number {
    return this.#waiting.size + this.#further + (this.#current ? 1 : 0);
  }

  /** Whether all recordings were looked for, and none is pending. */
  get isIdle(): boolean {
    return this.#hasScanned && this.pending === 0;
  }

  get counts(): CompressionCounts {
    return this.#counts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Interrupts the compression that is running. The next start repeats it. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#wake();
    if (this.#current) await this.#deps.codec.cancelCompression();
    await this.#running;
  }

  /** Has the recording of a call that has just ended compressed, if it has one. */
  add(callId: CallId): void {
    const { isOn, clock } = this.#deps;
    if (!isOn || this.#stopping.signal.aborted) return;
    const cancel = clock.schedule(AFTER_END_MS, () => {
      this.#cancels.delete(cancel);
      void this.#enqueueEnded(callId);
    });
    this.#cancels.add(cancel);
  }

  /** Never rejects. */
  async #enqueueEnded(callId: CallId): Promise<void> {
    try {
      if (await this.#readyRow(callId)) this.#enqueue(callId);
    } catch (error) {
      this.#deps.log.warn('reading a recording failed', { callId, reason: messageOf(error) });
    }
  }

  /** Adds a recording that is ready. */
  #enqueue(callId: CallId): void {
    if (this.#skipped.has(callId) || this.#stopping.signal.aborted) return;
    if (this.#waiting.size < (this.#deps.maxWaiting ?? MAX_WAITING)) this.#waiting.add(callId);
    else this.#further++;
    this.#wake();
  }

  /** Runs a task that deletes the files of a recording, while nothing else writes them. */
  async exclude(callId: CallId, task: () => Promise<void>): Promise<void> {
    this.#excluded.add(callId);
    try {
      if (this.#current?.callId === callId) {
        await this.#deps.codec.cancelCompression();
        await this.#current?.done;
      }
      await task();
    } finally {
      this.#excluded.delete(callId);
    }
  }

  async #run(): Promise<void> {
    const { clock, isOn } = this.#deps;
    const { signal } = this.#stopping;
    await clock.delay(FIRST_SCAN_MS, signal);
    if (!signal.aborted) await this.#scan();
    if (!isOn) return;
    while (!signal.aborted) {
      const [callId] = this.#waiting;
      if (callId !== undefined) {
        this.#waiting.delete(callId);
        const pauseMs = await this.#next(callId);
        if (pauseMs > 0) await clock.delay(pauseMs, signal);
      } else if (this.#further > 0) await this.#scan();
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Finds the recordings that are not compressed, and removes what an interrupted compression left. Never rejects. */
  async #scan(): Promise<void> {
    const { files, isOn, log } = this.#deps;
    this.#further = 0;
    this.#hasScanned = false;
    try {
      for await (const { callId, kind } of files.list()) {
        if (this.#stopping.signal.aborted) return;
        if (kind === 'DRAFT') await this.#steps.remove(files.draftOf(callId));
        if (kind !== 'WAV' || !(await this.#readyRow(callId))) continue;
        await this.#steps.remove(files.pathOf(callId, 'FLAC'));
        if (isOn) this.#enqueue(callId);
      }
    } catch (error) {
      log.warn('looking for recordings to compress failed', { reason: messageOf(error) });
    }
    this.#hasScanned = true;
  }

  /** Compresses a recording, and returns the pause before the next one, ms. Never rejects. */
  async #next(callId: CallId): Promise<number> {
    const { clock } = this.#deps;
    const since = clock.elapsed();
    const done = this.#compress(callId);
    this.#current = { callId, done };
    const pauseMs = await done;
    this.#current = undefined;
    // At most half of the time of a core.
    return Math.max(pauseMs, clock.elapsed() - since);
  }

  /** Returns the least pause after it, ms. */
  async #compress(callId: CallId): Promise<number> {
    const draft = this.#deps.files.draftOf(callId);
    try {
      const saved = await this.#replace(callId, draft);
      this.#isDiskFull = false;
      if (saved === undefined) return 0;
      this.#counts.compressed++;
      this.#counts.savedBytes += saved;
      return 0;
    } catch (error) {
      await this.#steps.remove(draft).catch(() => undefined);
      return this.#isInterrupted(callId) ? 0 : this.#fail(callId, error);
    }
  }

  /** Returns the pause after the failure, ms. */
  #fail(callId: CallId, error: unknown): number {
    const { code, remedy } = new FaultError('RECORDING_NOT_COMPRESSED', '');
    const reason = messageOf(error);
    const isFull = FULL_DISK.includes((error as NodeJS.ErrnoException).code);
    if (!isFull || !this.#isDiskFull)
      this.#deps.log.warn('compressing a recording failed, its WAV file is kept', {
        callId,
        code,
        reason,
        remedy,
      });
    this.#isDiskFull = isFull;
    this.#counts.failed++;
    if (isFull) this.#waiting.add(callId);
    else this.#skipped.set(callId, true);
    return isFull ? FULL_DISK_PAUSE_MS : FAILURE_PAUSE_MS;
  }

  /** Returns the bytes that were saved; undefined if there was nothing to do. */
  async #replace(callId: CallId, draft: string): Promise<number | undefined> {
    const { files, codec } = this.#deps;
    const row = await this.#readyRow(callId);
    const wav = files.pathOf(callId, 'WAV');
    const found = row && (await stat(wav).catch(() => undefined));
    if (!row || !found) return undefined;
    const frameBytes = PCM_SAMPLE_BYTES * row.channels;
    // What is downloaded as WAV, see `RecordingFiles.open`.
    const frames = Math.floor(Math.min(row.bytes ?? 0, found.size - WAV_HEADER_BYTES) / frameBytes);
    if (frames < 1) {
      this.#skipped.set(callId, true);
      return undefined;
    }
    await this.#expectSpace(found.size);
    await this.#steps.remove(draft);
    this.#expectNoInterruption(callId);
    const { channels, sampleRate } = row;
    const format = { channels, sampleRate };
    const { bytes } = await codec.compress({ source: wav, target: draft, format, frames });
    this.#expectNoInterruption(callId);
    await this.#steps.rename(draft, files.pathOf(callId, 'FLAC'));
    await this.#steps.syncFolder(files.folder);
    await this.#steps.remove(wav);
    return Math.max(0, found.size - bytes);
  }

  async #expectSpace(bytes: number): Promise<void> {
    const free = await this.#steps.freeBytes(this.#deps.files.folder);
    if (free >= bytes + SPARE_BYTES) return;
    throw Object.assign(new Error('the disk of the recordings is full'), { code: 'ENOSPC' });
  }

  /** Returns the row of a recording that nothing writes any more, and that has samples. */
  #readyRow(callId: CallId): NowOrLater<StoredRecording | undefined> {
    const { rows, liveCall } = this.#deps;
    return mapNowOrLater(rows.get(callId), (row) =>
      // The recording of a live call continues after a restart.
      row && row.state !== 'RECORDING' && row.bytes && !liveCall(callId) ? row : undefined,
    );
  }

  #expectNoInterruption(callId: CallId): void {
    if (this.#isInterrupted(callId)) throw new Error('the compression was interrupted');
  }

  #isInterrupted(callId: CallId): boolean {
    return this.#stopping.signal.aborted || this.#excluded.has(callId);
  }
}
