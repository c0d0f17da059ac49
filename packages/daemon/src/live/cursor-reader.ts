/**
 * Reads the event log from a position forward. Live reading, catching up and resuming are the same loop. There is no queue:
 * while it catches up, a reader holds at most one page of the log.
 */
import type { CallId, CallRecord } from '@sidetone/core';
import type { EventLog, LiveCallFilter, RecordFilter } from '../calls/ports.ts';
import type { RecordHub } from './record-hub.ts';
import type { NowOrLater } from '../now-or-later.ts';

/** Returns whether a call in its current state matches a filter; undefined if the call is not in memory: the log decides. */
export type MatchCall = (callId: CallId, filter: LiveCallFilter) => boolean | undefined;

/** Number of records read from the log at once. */
const PAGE_SIZE = 256;

export class CursorReader {
  readonly #hub: RecordHub;
  readonly #log: EventLog;
  readonly #filter: RecordFilter;
  readonly #matches: MatchCall;
  readonly #types: ReadonlySet<string> | undefined;
  #position: number;
  #page: readonly CallRecord[] = [];
  #pageIndex = 0;
  #pageErasures = 0;
  /** Whether the last scan ended at a record whose call is not in memory. */
  #isUnknown = false;

  constructor(hub: RecordHub, log: EventLog, filter: RecordFilter, after: number, matches: MatchCall) {
    this.#hub = hub;
    this.#log = log;
    this.#filter = filter;
    this.#matches = matches;
    this.#types = filter.types && new Set(filter.types);
    this.#position = after;
  }

  /** The number of records that it has not read yet, whether they match or not. */
  get lag(): number {
    // A client may continue after an event that another node has delivered and this one has not received.
    return Math.max(0, this.#hub.position - this.#position);
  }

  /** Returns the next matching record; undefined if there is none yet. A promise only if the log has to be read. */
  pull(): NowOrLater<CallRecord | undefined> {
    if (this.#pageErasures !== this.#hub.erasures) this.#page = [];
    const paged = this.#page[this.#pageIndex++];
    if (paged) {
      this.#position = paged.position;
      return paged;
    }
    this.#isUnknown = false;
    const recent = this.#hub.scan(this.#position, this.#isMatch);
    if (!recent || this.#isUnknown) return this.#readPage().then(() => this.pull());
    this.#position = recent.upTo;
    return recent.record;
  }

  readonly #isMatch = ({ callId, fact }: CallRecord): boolean =>
    (this.#filter.callId === undefined || this.#filter.callId === callId) &&
    (this.#types === undefined || this.#types.has(fact.type)) &&
    (this.#filter.calls === undefined || this.#matchesCall(callId, this.#filter.calls));

  #matchesCall(callId: CallId, filter: LiveCallFilter): boolean {
    const matches = this.#matches(callId, filter);
    this.#isUnknown = matches === undefined;
    return matches ?? true;
  }

  /**
   * An empty page means that no record up to the position of the query matches: the reader has caught up to it. Newer records
   * are left for later, because the state of their calls is older: another node wrote them, or their commit is being answered.
   */
  async #readPage(): Promise<void> {
    const upTo = this.#hub.position;
    this.#pageErasures = this.#hub.erasures;
    const page = await this.#log.page(this.#position, PAGE_SIZE, this.#filter);
    this.#page = page.filter(({ position }) => position <= upTo);
    this.#pageIndex = 0;
    if (this.#page.length === 0) this.#position = Math.max(this.#position, upTo);
  }
}
