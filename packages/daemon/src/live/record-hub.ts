/**
 * The newest records in memory, shared by all readers, and a notifier for new ones. A reader within this ring needs no
 * database query; a reader that is further behind reads pages of the log until it has caught up.
 */
import type { CallId, CallRecord } from '@sidetone/core';
import type { RecordFeed } from '../calls/ports.ts';
import { BoundedMap } from '@sidetone/plugin-kit';
import { estimateBytes } from '../calls/record-size.ts';
import { Notifier } from './notifier.ts';

/** Smallest number of records in memory once there are that many; the largest is twice as high. */
const RING_SIZE = 1024;
/** Most memory of the records in the ring, in bytes, as estimated. A reader of older records reads the log. */
export const MAX_RING_BYTES = 32 * 1024 * 1024;

/**
 * Erased calls whose ids are kept. A record that a reader pulled before an erasure is not delivered after it; a reader holds one
 * such record at a time, so only the newest erasures matter.
 */
export const MAX_ERASED_CALLS = 10_000;

interface Entry {
  readonly record: CallRecord;
  readonly bytes: number;
}

export class RecordHub implements RecordFeed {
  readonly notifier = new Notifier();
  #ring: Entry[] = [];
  #bytes = 0;
  #floor: number;
  #position: number;
  #erasures = 0;
  readonly #erased = new BoundedMap<CallId, true>(MAX_ERASED_CALLS);

  /** @param position the newest position of the log when the daemon starts. */
  constructor(position: number) {
    this.#floor = position;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /** @param upTo the position up to which all records have been published then. Default: that of the last one. */
  publish(records: readonly CallRecord[], upTo = records.at(-1)?.position): void {
    if (upTo === undefined) return;
    for (const record of records) {
      const bytes = estimateBytes(record);
      this.#ring.push({ record, bytes });
      this.#bytes += bytes;
    }
    if (this.#ring.length >= 2 * RING_SIZE) this.#evict(this.#ring.length - RING_SIZE);
    if (this.#bytes > MAX_RING_BYTES) this.#evict(this.#countAbove(MAX_RING_BYTES / 2));
    this.#position = upTo;
    this.notifier.notify();
  }

  /** The estimated memory of the records in the ring. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Increases with each erasure: records that a reader has read ahead may then be erased ones. */
  get erasures(): number {
    return this.#erasures;
  }

  /** Forgets the records of an erased call, whose earlier records are not delivered any more. */
  erase(callId: CallId): void {
    this.#erased.set(callId, true);
    this.forget(callId);
  }

  /** Returns whether a call was erased, unless many were since. */
  isErased(callId: CallId): boolean {
    return this.#erased.has(callId);
  }

  /** Forgets the records of a call of which data was removed. */
  forget(callId: CallId): void {
    this.#ring = this.#ring.filter(({ record }) => record.callId !== callId);
    this.#bytes = this.#ring.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#erasures += 1;
  }

  /** Forgets all records: data may have been removed unnoticed. Readers continue in the log. */
  forgetAll(): void {
    this.#ring = [];
    this.#bytes = 0;
    this.#floor = this.#position;
    this.#erasures += 1;
  }

  /**
   * Returns the next matching record after a position; undefined if the position is older than the ring. A result without
   * `record` means that no record up to `upTo` matches.
   */
  scan(after: number, isMatch: (record: CallRecord) => boolean): Scan | undefined {
    if (after < this.#floor) return undefined;
    for (let i = this.#indexAfter(after); i < this.#ring.length; i++) {
      const { record } = this.#ring[i]!;
      if (isMatch(record)) return { record, upTo: record.position };
    }
    return { upTo: Math.max(after, this.#position) };
  }

  /** Returns how many of the oldest records are to be removed so that the others are within `limit` bytes. */
  #countAbove(limit: number): number {
    let rest = this.#bytes;
    let count = 0;
    while (rest > limit) rest -= this.#ring[count++]!.bytes;
    return count;
  }

  /** Removes the oldest records; at least one. */
  #evict(count: number): void {
    const evicted = this.#ring.splice(0, count);
    this.#floor = evicted.at(-1)!.record.position;
    for (const { bytes } of evicted) this.#bytes -= bytes;
  }

  #indexAfter(after: number): number {
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ring[middle]!.record.position <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface Scan {
  readonly record?: CallRecord;
  readonly upTo: number;
}
