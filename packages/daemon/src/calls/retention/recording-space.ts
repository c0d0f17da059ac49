/**
 * Limits the space of recordings: removes the oldest ones if all together are too large, or if the disk has too little free space.
 * Recordings that are being written, and those of calls with a legal hold, are left alone.
 */
import { messageOf, type CallId, type Clock, type Logger } from '@sidetone/core';
import { freeBytesOf } from '../../files/disk-space.ts';
import type { Pruned, PruneWork, RetentionReason, RetentionStore, StoredRecordingSize } from './ports.ts';
import { ROWS_PER_STEP, STEP_PAUSE_MS } from './retention.ts';

/** How often the space is checked, ms. Two hundred recorded calls write 2.3 GB in this time. */
export const SPACE_INTERVAL_MS = 3 * 60_000;
/** Recordings that are read at once. */
export const RECORDINGS_PER_PAGE = 1000;
/** Recordings that are removed in one step. */
export const RECORDINGS_PER_STEP = 20;

export interface RecordingSpaceDeps {
  /** Most bytes of all recordings; 0: no limit. */
  readonly maxBytes: number;
  /** Least free bytes of the disk; 0: not checked. */
  readonly minFreeBytes: number;
  readonly folder: string;
  readonly store: Pick<RetentionStore, 'recordings'>;
  /** Returns whether the folder of this node has the file; default: it has those of all recordings. */
  readonly isLocal?: (callId: CallId) => Promise<boolean>;
  readonly recordings: { erase(callId: CallId): Promise<void> };
  /** Returns the sizes of the recordings that are stored compressed. */
  readonly compressedBytes: () => Promise<ReadonlyMap<CallId, number>>;
  /** Removes the rows, as {@link Retention.prune}. */
  readonly prune: (work: PruneWork) => Promise<Pruned>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Returns the free bytes of the disk of a folder; default: the file system's. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** The space as it was found by the last check. */
export interface SpaceStatus {
  readonly recordingBytes: number;
  readonly freeBytes: number | undefined;
  readonly removedRecordings: number;
  /** Bytes that could not be freed, because what is left is held or being written. */
  readonly missingBytes: number;
}

export class RecordingSpace {
  readonly #deps: RecordingSpaceDeps;
  readonly #stopping = new AbortController();
  #cancel = (): void => undefined;
  #running = Promise.resolve();
  #failures = 0;
  #status: SpaceStatus = { recordingBytes: 0, freeBytes: undefined, removedRecordings: 0, missingBytes: 0 };

  constructor(deps: RecordingSpaceDeps) {
    this.#deps = deps;
  }

  /** Checks that failed since the start. */
  get failures(): number {
    return this.#failures;
  }

  get status(): SpaceStatus {
    return this.#status;
  }

  start(): void {
    const { maxBytes, minFreeBytes } = this.#deps;
    if (maxBytes > 0 || minFreeBytes > 0) this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancel();
    await this.#running;
  }

  /** Checks the space now. Never rejects. */
  check(): Promise<void> {
    this.#running = this.#running.then(() =>
      this.#check().catch((error: unknown) => {
        this.#failures++;
        this.#deps.log.warn('limiting the space of recordings failed, retrying', {
          reason: messageOf(error),
        });
      }),
    );
    return this.#running;
  }

  #schedule(): void {
    this.#cancel = this.#deps.clock.schedule(SPACE_INTERVAL_MS, () => {
      void this.check();
      this.#schedule();
    });
  }

  async #check(): Promise<void> {
    const { maxBytes, minFreeBytes, folder, log } = this.#deps;
    const freeBytes = minFreeBytes > 0 ? await this.#freeBytes(folder) : undefined;
    const isShort = freeBytes !== undefined && freeBytes < minFreeBytes;
    const compressed = maxBytes > 0 || isShort ? await this.#deps.compressedBytes() : NO_SIZES;
    let recordingBytes = 0;
    if (maxBytes > 0) for await (const { bytes } of this.#oldestFirst(compressed)) recordingBytes += bytes;
    const excess = maxBytes > 0 ? recordingBytes - maxBytes : 0;
    const shortage = freeBytes === undefined ? 0 : minFreeBytes - freeBytes;
    const wanted = Math.max(excess, shortage, 0);
    const reason = shortage >= excess ? 'FREE_DISK' : 'QUOTA';
    const freed = wanted > 0 ? await this.#free(wanted, reason, compressed) : NONE;
    const missingBytes = Math.max(0, wanted - freed.bytes);
    if (missingBytes > 0 && !this.#stopping.signal.aborted)
      log.warn('recordings take too much space, and no more can be removed', { missingBytes });
    this.#status = {
      recordingBytes: Math.max(0, recordingBytes - freed.bytes),
      freeBytes,
      removedRecordings: this.#status.removedRecordings + freed.recordings,
      missingBytes,
    };
  }

  /** Undefined if the folder does not exist yet. */
  async #freeBytes(folder: string): Promise<number | undefined> {
    return (this.#deps.freeBytes ?? freeBytesOf)(folder).catch(() => undefined);
  }

  /** Removes the oldest recordings until so many bytes are free. */
  async #free(wanted: number, reason: RetentionReason, compressed: Sizes): Promise<Freed> {
    const freed = { bytes: 0, recordings: 0 };
    let step: StoredRecordingSize[] = [];
    for await (const recording of this.#oldestFirst(compressed)) {
      if (freed.bytes >= wanted) break;
      if (recording.isHeld) continue;
      step.push(recording);
      freed.bytes += recording.bytes;
      freed.recordings += 1;
      if (step.length < RECORDINGS_PER_STEP) continue;
      await this.#remove(step, reason);
      step = [];
    }
    await this.#remove(step, reason);
    return freed;
  }

  async #remove(some: readonly StoredRecordingSize[], reason: RetentionReason): Promise<void> {
    const { recordings, prune, clock } = this.#deps;
    if (some.length === 0) return;
    const callIds = some.map(({ callId }) => callId);
    for (const callId of callIds) await recordings.erase(callId);
    // Their waveforms go with them, in as many steps as it takes.
    for (let left: readonly CallId[] = callIds; left.length > 0;) {
      const at = clock.now();
      ({ left } = await prune({ kind: 'RECORDING', callIds: left, rows: ROWS_PER_STEP, at, reason }));
    }
  }

  /** With the sizes that the files have on the disk. */
  async *#oldestFirst(compressed: Sizes): AsyncGenerator<StoredRecordingSize> {
    const { store, isLocal, clock } = this.#deps;
    const { signal } = this.#stopping;
    for (let after: CallId | undefined; !signal.aborted;) {
      const page = await store.recordings(after, RECORDINGS_PER_PAGE);
      for (const recording of page) {
        if (isLocal && !(await isLocal(recording.callId))) continue;
        yield { ...recording, bytes: compressed.get(recording.callId) ?? recording.bytes };
      }
      if (page.length < RECORDINGS_PER_PAGE) return;
      after = page.at(-1)!.callId;
      await clock.delay(STEP_PAUSE_MS, signal);
    }
  }
}

interface Freed {
  readonly bytes: number;
  readonly recordings: number;
}
const NONE: Freed = { bytes: 0, recordings: 0 };

type Sizes = ReadonlyMap<CallId, number>;
const NO_SIZES: Sizes = new Map();
