/**
 * The newest records in memory, shared by all readers, and a notifier for new ones. A reader within this ring needs no
 * database query; a reader that is further behind reads pages of the log until it has caught up.
 */
import type { CallId, CallRecord } from '@sidetone/core';
import type { RecordFeed } from '../calls/ports.ts';
import { Notifier } from './notifier.ts';

/** Smallest number of records in memory once there are that many; the largest is twice as high. */
const RING_SIZE = 1024;

export class RecordHub implements RecordFeed {
  readonly notifier = new Notifier();
  #ring: CallRecord[] = [];
  #floor: number;
  #position: number;
  #erasures = 0;

  /** @param position the newest position of the log when the daemon starts. */
  constructor(position: number) {
    this.#floor = position;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  publish(records: readonly CallRecord[]): void {
    const last = records.at(-1);
    if (!last) return;
    this.#ring.push(...records);
    if (this.#ring.length >= 2 * RING_SIZE) {
      this.#floor = this.#ring.splice(0, this.#ring.length - RING_SIZE).at(-1)!.position;
    }
    this.#position = last.position;
    this.notifier.notify();
  }

  /** Increases with each erasure: records that a reader has read ahead may then be erased ones. */
  get erasures(): number {
    return this.#erasures;
  }

  forget(callId: CallId): void {
    this.#ring = this.#ring.filter((record) => record.callId !== callId);
    this.#erasures += 1;
  }

  /**
   * Returns the next matching record after a position; undefined if the position is older than the ring. A result without
   * `record` means that no record up to `upTo` matches.
   */
  scan(after: number, isMatch: (record: CallRecord) => boolean): Scan | undefined {
    if (after < this.#floor) return undefined;
    for (let i = this.#indexAfter(after); i < this.#ring.length; i++) {
      const record = this.#ring[i]!;
      if (isMatch(record)) return { record, upTo: record.position };
    }
    return { upTo: Math.max(after, this.#position) };
  }

  #indexAfter(after: number): number {
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ring[middle]!.position <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface Scan {
  readonly record?: CallRecord;
  readonly upTo: number;
}
