import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CALL_DIRECTIONS, END_CATEGORIES, type CallId } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepOf } from '../../src/history/duration-steps.ts';
import {
  coverRange,
  startOfPeriod,
  TOTALS_PERIODS,
  type TotalsPeriod,
} from '../../src/history/totals-periods.ts';
import type { Db } from '../../src/store/db.ts';
import { openDatabase } from '../../src/store/database.ts';
import { callMeasures, callTotals, calls, totalsProgress } from '../../src/store/schema.ts';
import { areTotalsComplete, fillTotals } from '../../src/store/totals.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { callRow, putCalls } from '../support/rows.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
function newDir(): string {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return dir;
}

const DAY_MS = 24 * 3_600_000;
/** Times near the boundaries of hours, days and months, also of time zones. */
const anyTime = fc
  .tuple(
    fc.constantFrom(0, 1, 18.25, 18.5, 23, 24, 28 * 24, 31 * 24, 60 * 24),
    fc.integer({ min: -2000, max: 2000 }),
  )
  .map(([hours, offset]) => Date.UTC(2024, 0, 1) + hours * 3_600_000 + offset);

/** The totals, computed from the rows of the calls in JavaScript. */
function expectedTotals(db: Db): readonly unknown[] {
  const totals = new Map<string, number[]>();
  for (const call of db.select().from(calls).all()) {
    if (call.status !== 'ENDED') continue;
    for (const period of TOTALS_PERIODS) {
      const key = JSON.stringify([
        period,
        startOfPeriod(period, call.createdAt),
        call.providerId,
        call.direction ?? '',
        call.endCategory ?? '',
      ]);
      const [number = 0, measured = 0, ms = 0] = totals.get(key) ?? [];
      const isMeasured = call.durationMs === null ? 0 : 1;
      totals.set(key, [number + 1, measured + isMeasured, ms + Math.max(call.durationMs ?? 0, 0)]);
    }
  }
  return [...totals].map(([key, values]) => [...(JSON.parse(key) as unknown[]), ...values]).toSorted(byText);
}

/** The costs and durations, computed from the rows of the calls in JavaScript. */
function expectedMeasures(db: Db): readonly unknown[] {
  const measures = new Map<string, number[]>();
  for (const call of db.select().from(calls).all()) {
    if (call.status !== 'ENDED') continue;
    const add = (period: TotalsPeriod, measure: string, name: string, value: number): void => {
      const key = JSON.stringify([
        period,
        startOfPeriod(period, call.createdAt),
        call.providerId,
        call.direction ?? '',
        call.endCategory ?? '',
        measure,
        name,
      ]);
      const [number = 0, sum = 0] = measures.get(key) ?? [];
      measures.set(key, [number + 1, sum + value]);
    };
    if (call.costAmount !== null)
      for (const period of ['DAY', 'MONTH'] as const)
        add(period, 'COST', call.costCurrency!, Math.round(call.costAmount * 1e6));
    if (call.durationMs !== null) add('MONTH', 'DURATION', String(stepOf(call.durationMs)), 0);
  }
  return [...measures]
    .map(([key, values]) => [...(JSON.parse(key) as unknown[]), ...values])
    .toSorted(byText);
}

const storedMeasures = (db: Db): readonly unknown[] =>
  db
    .select()
    .from(callMeasures)
    .all()
    .map((row) => Object.values(row))
    .toSorted(byText);

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const storedTotals = (db: Db): readonly unknown[] =>
  db
    .select()
    .from(callTotals)
    .all()
    .map((row) => Object.values(row))
    .toSorted(byText);

/** Makes the database one whose calls were stored before there were totals. */
function forgetTotals(db: Db): void {
  db.delete(callTotals).run();
  db.delete(callMeasures).run();
  db.update(totalsProgress).set({ createdAt: Number.MAX_SAFE_INTEGER, id: '' }).run();
}

/** `names` distinguishes the calls of several runs. */
type Action = (harness: Harness, ids: Map<string, CallId>, names: string) => void;

const anyCost = fc.record({
  amount: fc.integer({ min: 0, max: 9_999_999 }).map((millionths) => millionths / 1e6),
  currency: fc.constantFrom('USD', 'INR'),
});

const anyAction: fc.Arbitrary<Action> = fc
  .record({
    call: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    at: anyTime,
    other: anyTime,
    direction: fc.constantFrom(...CALL_DIRECTIONS),
    category: fc.constantFrom(...END_CATEGORIES.slice(0, 3)),
    kind: fc.nat(8),
    cost: anyCost,
  })
  .map(({ call, at, other, direction, category, kind, cost }): Action => {
    const emitted = (name: string) =>
      ({
        0: event('call.started', { details: { createdAt: at, direction } }, { call: name, at }),
        1: event('call.status', { status: 'IN_PROGRESS' }, { call: name, at }),
        2: event('call.ended', { end: { category } }, { call: name, at }),
        3: event('call.ended', { end: { category } }, { call: name, at: other }),
        4: event('call.started', { details: { createdAt: other, endedAt: at } }, { call: name, at }),
        5: event(
          'call.report',
          { summary: 'x', cost, details: { answeredAt: at, endedAt: other, direction } },
          { call: name, at },
        ),
      })[kind];
    return (harness, ids, names) => {
      const { db } = harness.database;
      const id = ids.get(call);
      const occurred = emitted(`${names}${call}`);
      if (occurred) ids.set(call, harness.emit(occurred));
      else if (kind === 6) fillTotals(db, 2);
      else if (kind === 7 && id !== undefined && harness.ledger.get(id)?.status === 'ENDED')
        harness.ledger.erase(id, 0);
      else if (kind === 8) forgetTotals(db);
    };
  });

describe('totals', () => {
  test('equal those computed from the calls after any events, corrections, erasures and steps of filling', async () => {
    const harness = createHarness(newDir());
    const { db } = harness.database;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyAction, { minLength: 5, maxLength: 40 }), async (actions) => {
        run++;
        const ids = new Map<string, CallId>();
        for (const act of actions) {
          act(harness, ids, `run${run}`);
          await harness.ingest.committed();
        }
        while (fillTotals(db, 2));
        expect(storedTotals(db)).toEqual(expectedTotals(db));
        expect(storedMeasures(db)).toEqual(expectedMeasures(db));
      }),
      { numRuns: 20 },
    );
    // The events are random: there is something to compare.
    expect(storedTotals(db).length).toBeGreaterThan(5);
    expect(storedMeasures(db).length).toBeGreaterThan(5);
    harness.close();
  });

  test('of a new database are complete, and those of an earlier release are filled in steps, newest first', () => {
    const { db, close } = openDatabase(join(newDir(), 'steps.db'), 'normal');
    expect(areTotalsComplete(db)).toBe(true);
    putCalls(
      db,
      Array.from({ length: 11 }, (_, i) => callRow(`step${i}`, { createdAt: i * DAY_MS })),
    );
    forgetTotals(db);
    expect(fillTotals(db, 10)).toBe(true);
    expect(areTotalsComplete(db)).toBe(false);
    const days = db
      .select()
      .from(callTotals)
      .all()
      .filter(({ period }) => period === 'DAY');
    expect(Math.min(...days.map(({ start }) => start))).toBe(DAY_MS);
    // Calls that arrive meanwhile are counted once, on either side of the progress.
    putCalls(db, [callRow('early', { createdAt: -1 }), callRow('late', { createdAt: 5 * DAY_MS })]);
    expect([fillTotals(db, 10), fillTotals(db, 10)]).toEqual([false, false]);
    expect(areTotalsComplete(db)).toBe(true);
    expect(storedTotals(db)).toEqual(expectedTotals(db));
    expect(storedMeasures(db)).toEqual(expectedMeasures(db));
    close();
  });
});

test('a time range is covered by whole periods without gaps, the longest first', () => {
  fc.assert(
    fc.property(anyTime, anyTime, (from, until) => {
      const ranges = coverRange({ from, until });
      expect(ranges.length === 0).toBe(from >= until);
      if (from >= until) return;
      expect([ranges[0]!.from, ranges.at(-1)!.until]).toEqual([from, until]);
      for (const [i, range] of ranges.entries()) {
        if (i > 0) expect(range.from).toBe(ranges[i - 1]!.until);
        if (range.by === 'CALLS') expect(range.until - range.from).toBeLessThan(2 * 3_600_000);
        else
          expect([range.from, range.until].map((at) => startOfPeriod(range.by as 'DAY', at))).toEqual([
            range.from,
            range.until,
          ]);
      }
      expect(ranges.length).toBeLessThanOrEqual(7);
    }),
  );
  expect(coverRange({ from: -Infinity, until: Infinity })).toEqual([
    { by: 'MONTH', from: -Infinity, until: Infinity },
  ]);
});
