/**
 * The newest records, shared by all readers, and the notifier that tells of more.
 * A reader within the ring costs no query; one that fell out of it reads pages of the log until it is back.
 */
import type { CallId, CallRecord } from '@sidetone/core';
import type { RecordFeed } from '../calls/ports.ts';
import { Notifier } from './notifier.ts';

/** How many records readers share in memory at least; at most twice as many. */
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

  /** Rises whenever records are forgotten: what a reader has read ahead may then be erased. */
  get erasures(): number {
    return this.#erasures;
  }

  forget(callId: CallId): void {
    this.#ring = this.#ring.filter((record) => record.callId !== callId);
    this.#erasures += 1;
  }

  /**
   * Looks for the next wanted record behind `after`. Nothing comes back when memory does not reach back so far; without
   * a `record`, none up to `upTo` is wanted.
   */
  scan(after: number, isWanted: (record: CallRecord) => boolean): Scan | undefined {
    if (after < this.#floor) return undefined;
    for (let i = this.#indexBehind(after); i < this.#ring.length; i++) {
      const record = this.#ring[i]!;
      if (isWanted(record)) return { record, upTo: record.position };
    }
    return { upTo: Math.max(after, this.#position) };
  }

  #indexBehind(after: number): number {
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
