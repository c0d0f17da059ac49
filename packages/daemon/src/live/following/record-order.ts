/**
 * Puts the records of this node and those of the others in the order of their positions. Pure. Records of own commits are
 * released at once if they continue the log; those with a gap before them wait until the gap has been read, up to a limit, and
 * beyond it they are read from the log too. Each record is released once.
 */
import type { CallRecord } from '@sidetone/core';
import type { LogPart } from '../../calls/ports.ts';
import { estimateBytes } from '../../calls/record-size.ts';

/** Most records of own commits that wait for a gap before them. */
export const MAX_WAITING_RECORDS = 1000;
/** Most of their memory in bytes, as estimated. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** What has to be read from the log: the records after a position, up to another one or to the head. */
export interface Gap {
  readonly after: number;
  readonly upTo: number | undefined;
  /** How many announcements had arrived when the read began. */
  readonly announcements: number;
}

/** Records for readers. All that exist up to `upTo` have been released with them. */
export interface Released {
  readonly records: readonly CallRecord[];
  readonly upTo: number;
}

interface Waiting {
  readonly record: CallRecord;
  readonly bytes: number;
}

export class RecordOrder {
  readonly #counts = { waited: 0, late: 0, unkept: 0 };
  #position: number;
  /** The newest position that is known to exist, or was announced. */
  #known: number;
  #announcements = 0;
  /** In the order of their positions. */
  #waiting: Waiting[] = [];
  #bytes = 0;

  /** @param position up to which records have been released */
  constructor(position: number) {
    this.#position = position;
    this.#known = position;
  }

  get position(): number {
    return this.#position;
  }

  /** Positions that are known and not released yet. */
  get lag(): number {
    const newest = this.#waiting.at(-1)?.record.position ?? this.#known;
    return Math.max(0, newest - this.#position, this.#known - this.#position);
  }

  /** Records of own commits that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Own records that waited for a gap, that had been read from the log before, and that were not kept because too many waited. */
  get counts(): Readonly<{ waited: number; late: number; unkept: number }> {
    return this.#counts;
  }

  /** What has to be read next; undefined if nothing is known to be missing. */
  get gap(): Gap | undefined {
    const first = this.#waiting[0]?.record.position;
    if (first !== undefined)
      return { after: this.#position, upTo: first - 1, announcements: this.#announcements };
    return this.#known > this.#position ? this.rest : undefined;
  }

  /** All that may be missing, known or not. */
  get rest(): Gap {
    return { after: this.#position, upTo: undefined, announcements: this.#announcements };
  }

  /** Accepts the records of an own commit. */
  committed(records: readonly CallRecord[]): Released | undefined {
    const released: CallRecord[] = [];
    for (const record of records) {
      if (record.position <= this.#position) this.#counts.late += 1;
      else if (record.position === this.#position + 1) {
        released.push(record);
        this.#position = record.position;
      } else this.#wait(record);
    }
    this.#release(released);
    return released.length > 0 ? { records: released, upTo: this.#position } : undefined;
  }

  /** Notes that a position exists; it may not be true. */
  announced(position: number): void {
    this.#announcements += 1;
    this.#known = Math.max(this.#known, position);
  }

  /** Accepts what was read for a gap. @param isWhole whether it is all: otherwise, further records follow */
  read({ upTo, announcements }: Gap, { records, head }: LogPart, isWhole: boolean): Released | undefined {
    const before = this.#position;
    const end = isWhole ? (upTo ?? head) : (records.at(-1)?.position ?? before);
    const released = records.filter(({ position }) => position > before);
    this.#position = Math.max(before, end);
    // A position that was announced before and is not there is forgotten.
    const isRefuted = isWhole && upTo === undefined && this.#announcements === announcements;
    this.#known = isRefuted ? head : Math.max(this.#known, head);
    this.#release(released);
    return this.#position > before ? { records: released, upTo: this.#position } : undefined;
  }

  #wait(record: CallRecord): void {
    const bytes = estimateBytes(record);
    if (this.#waiting.length >= MAX_WAITING_RECORDS || this.#bytes + bytes > MAX_WAITING_BYTES) {
      this.#counts.unkept += 1;
      this.announced(record.position);
      return;
    }
    this.#counts.waited += 1;
    this.#bytes += bytes;
    const index = this.#waiting.findLastIndex((waiting) => waiting.record.position < record.position);
    this.#waiting.splice(index + 1, 0, { record, bytes });
  }

  /** Adds the waiting records that continue the log, and drops those that have been read. */
  #release(released: CallRecord[]): void {
    let count = 0;
    for (const { record, bytes } of this.#waiting) {
      if (record.position > this.#position + 1) break;
      if (record.position === this.#position + 1) {
        released.push(record);
        this.#position = record.position;
      } else this.#counts.late += 1;
      this.#bytes -= bytes;
      count += 1;
    }
    this.#waiting.splice(0, count);
  }
}
