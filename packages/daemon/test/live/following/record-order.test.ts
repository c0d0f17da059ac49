import type { CallId, CallRecord } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WAITING_RECORDS, RecordOrder, type Released } from '../../../src/live/following/record-order.ts';
import type { LogPart } from '../../../src/calls/ports.ts';

const record = (position: number, summary = ''): CallRecord => ({
  position,
  callId: 'call_1' as CallId,
  at: 1,
  fact: { type: 'CALL_REPORTED', summary },
});

const records = (from: number, to: number): CallRecord[] =>
  Array.from({ length: to - from + 1 }, (_, i) => record(from + i));

/** A log that several nodes write to, of which some records are removed. */
class Log {
  readonly records: CallRecord[] = [];
  head = 0;

  append(count: number): CallRecord[] {
    const added = records(this.head + 1, this.head + count);
    this.head += count;
    this.records.push(...added);
    return added;
  }

  read(after: number, upTo: number | undefined, limit: number): LogPart {
    const found = this.records.filter(({ position }) => position > after && position <= (upTo ?? this.head));
    return { records: found.slice(0, limit), head: this.head };
  }
}

/** A node that reads the log as the follower does. */
class Node {
  readonly order = new RecordOrder(0);
  readonly received: number[] = [];
  readonly #log: Log;
  readonly #pageSize: number;
  /** A read whose result has not arrived. */
  #pending: (() => void) | undefined;

  constructor(log: Log, pageSize: number) {
    this.#log = log;
    this.#pageSize = pageSize;
  }

  accept(released: Released | undefined): void {
    if (!released) return;
    this.received.push(...released.records.map(({ position }) => position));
  }

  beginRead(isForced: boolean): void {
    const gap = this.order.gap ?? (isForced ? this.order.rest : undefined);
    if (this.#pending || !gap) return;
    const part = this.#log.read(gap.after, gap.upTo, this.#pageSize);
    const isWhole = part.records.length < this.#pageSize;
    this.#pending = () => this.accept(this.order.read(gap, part, isWhole));
  }

  endRead(): void {
    this.#pending?.();
    this.#pending = undefined;
  }

  readGaps(): void {
    this.endRead();
    while (this.order.gap) {
      this.beginRead(false);
      this.endRead();
    }
  }
}

type Step =
  | {
      readonly type: 'commit';
      readonly isOwn: boolean;
      readonly count: number;
      readonly isAnnounced: boolean;
    }
  | { readonly type: 'answer' | 'begin' | 'poll' | 'end' }
  | { readonly type: 'announce'; readonly position: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    type: fc.constant('commit' as const),
    isOwn: fc.boolean(),
    count: fc.integer({ min: 1, max: 4 }),
    isAnnounced: fc.boolean(),
  }),
  fc.record({ type: fc.constantFrom('answer' as const, 'begin' as const, 'poll' as const, 'end' as const) }),
  // Repeated, late, or of positions that do not exist.
  fc.record({ type: fc.constant('announce' as const), position: fc.integer({ min: 0, max: 100 }) }),
);

describe('the order of records', () => {
  test('is that of their positions, each once, however commits, announcements and reads interleave', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, pageSize) => {
        const log = new Log();
        const node = new Node(log, pageSize);
        // Commits of this node whose answer has not arrived.
        const unanswered: CallRecord[][] = [];
        let announced = 0;
        for (const each of steps) {
          if (each.type === 'commit') {
            const added = log.append(each.count);
            if (each.isOwn) unanswered.push(added);
            else if (each.isAnnounced) node.order.announced((announced = log.head));
          }
          if (each.type === 'announce') node.order.announced(each.position);
          if (each.type === 'answer') node.accept(node.order.committed(unanswered.shift() ?? []));
          if (each.type === 'begin' || each.type === 'poll') node.beginRead(each.type === 'poll');
          if (each.type === 'end') node.endRead();
          expect(node.received).toEqual(records(1, node.order.position).map(({ position }) => position));
        }
        for (const answered of unanswered) node.accept(node.order.committed(answered));
        node.readGaps();
        expect(node.order.position).toBeGreaterThanOrEqual(announced);
        node.beginRead(true);
        node.readGaps();
        expect(node.received).toEqual(log.records.map(({ position }) => position));
        expect([node.order.lag, node.order.waiting]).toEqual([0, 0]);
      }),
    );
  });

  test('releases own records at once while no other node writes', () => {
    const order = new RecordOrder(7);
    const commit = records(8, 10);
    expect(order.committed(commit)).toEqual({ records: commit, upTo: 10 });
    expect(order.gap).toBeUndefined();
    expect(order.counts).toEqual({ waited: 0, late: 0, unkept: 0 });
    expect(order.lag).toBe(0);
  });

  test('lets own records wait for the gap before them, also within a commit', () => {
    const order = new RecordOrder(0);
    const [first, later] = [record(1), record(4)];
    expect(order.committed([first, later])).toEqual({ records: [first], upTo: 1 });
    expect([order.gap, order.lag, order.waiting]).toMatchObject([{ after: 1, upTo: 3 }, 3, 1]);
    // One of the two was removed.
    const released = order.read(order.gap!, { records: [record(2)], head: 9 }, true);
    expect(released).toEqual({ records: [record(2), later], upTo: 4 });
    expect(order.gap).toMatchObject({ after: 4, upTo: undefined });
  });

  test('does not release what was released while it was read', () => {
    const order = new RecordOrder(0);
    const gap = order.rest;
    order.committed([record(1)]);
    const released = order.read(gap, { records: records(1, 2), head: 2 }, true);
    expect(released).toEqual({ records: [record(2)], upTo: 2 });
  });

  test('passes positions whose records were removed', () => {
    const order = new RecordOrder(0);
    order.announced(5);
    expect(order.read(order.gap!, { records: [], head: 6 }, true)).toEqual({ records: [], upTo: 6 });
    expect(order.gap).toBeUndefined();
  });

  test('does not release what was read before the answer to its commit', () => {
    const order = new RecordOrder(0);
    order.announced(2);
    order.read(order.gap!, { records: records(1, 2), head: 2 }, true);
    expect(order.committed([record(2)])).toBeUndefined();
    expect(order.counts.late).toBe(1);
  });

  test('forgets an announced position that does not exist', () => {
    const order = new RecordOrder(0);
    order.announced(1_000_000);
    expect(order.read(order.gap!, { records: [], head: 0 }, true)).toBeUndefined();
    expect([order.gap, order.lag]).toEqual([undefined, 0]);
    expect(order.committed([record(1)])?.upTo).toBe(1);
  });

  test('limits the records that wait, and reads the others from the log', () => {
    const order = new RecordOrder(0);
    const commit = records(2, MAX_WAITING_RECORDS + 5);
    order.committed(commit);
    expect([order.waiting, order.counts.unkept]).toEqual([MAX_WAITING_RECORDS, 4]);
    const released = order.read(order.gap!, { records: [record(1)], head: commit.at(-1)!.position }, true);
    expect(released?.upTo).toBe(MAX_WAITING_RECORDS + 1);
    expect(order.gap).toMatchObject({ after: MAX_WAITING_RECORDS + 1, upTo: undefined });
    const large = new RecordOrder(0);
    for (let position = 2; position < 40; position++)
      large.committed([record(position, 'x'.repeat(500_000))]);
    expect(large.waiting).toBe(16);
  });
});
