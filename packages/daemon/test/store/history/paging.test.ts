/** For any order, direction and data, the pages of calls together equal the sorted list. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '@sidetone/core';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CALL_ORDER_FIELDS,
  ORDER_DIRECTIONS,
  positionOfCall,
  type CallOrder,
} from '../../../src/history/call-order.ts';
import type { History } from '../../../src/history/ports.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createLocalHistory } from '../../support/history.ts';
import { callRow, putCalls } from '../../support/rows.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = join(tempDir(), 'paging');
let database: Database;
let history: History;

beforeAll(() => {
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
  history = createLocalHistory(database.db);
});
beforeEach(() => clear());
afterAll(() => database.close());

const clear = (): void => void database.db.$client.exec('delete from calls');

/** Few values, so that many keys are equal. */
const instant = fc.integer({ min: 0, max: 4 });
const someCalls = fc
  .array(
    fc.record({
      createdAt: instant,
      answeredAt: fc.option(instant, { nil: undefined }),
      endedAt: fc.option(instant, { nil: undefined }),
    }),
    { maxLength: 25 },
  )
  .map((rows) =>
    rows.map(({ createdAt, answeredAt, endedAt }, i) =>
      callRow(`c${String(i).padStart(2, '0')}`, {
        createdAt,
        ...(answeredAt !== undefined && { answeredAt }),
        ...(endedAt !== undefined && { endedAt }),
      }),
    ),
  );
const anOrder: fc.Arbitrary<CallOrder> = fc.record({
  field: fc.constantFrom(...CALL_ORDER_FIELDS),
  direction: fc.constantFrom(...ORDER_DIRECTIONS),
});

function sorted(calls: readonly Call[], order: CallOrder): string[] {
  const ascending = calls.toSorted((a, b) => {
    const [{ key: one }, { key: other }] = [positionOfCall(a, order), positionOfCall(b, order)];
    const difference = (one ?? -Infinity) - (other ?? -Infinity);
    return (one === other ? 0 : difference) || (a.id < b.id ? -1 : 1);
  });
  return (order.direction === 'ASC' ? ascending : ascending.toReversed()).map(({ id }) => id);
}

/** Reads the whole list in pages of varying size. */
async function walk(
  order: CallOrder,
  backward: boolean,
  sizes: readonly number[],
  afterPage: (n: number) => void = () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  let edge: Call | undefined;
  for (let n = 0; n < 100; n++) {
    const position = edge && { [backward ? 'before' : 'after']: positionOfCall(edge, order) };
    const limit = sizes[n % sizes.length]!;
    const { rows, more } = await history.calls({}, { limit, backward, ...position }, order);
    const ids = rows.map(({ id }) => id);
    if (backward) seen.unshift(...ids);
    else seen.push(...ids);
    edge = backward ? rows[0] : rows.at(-1);
    afterPage(n);
    if (!more || !edge) return seen;
  }
  throw new Error('the list did not end');
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

describe('pages of calls', () => {
  test('together equal the sorted list, in any order and direction', async () => {
    await fc.assert(
      fc.asyncProperty(someCalls, anOrder, fc.boolean(), sizes, async (calls, order, backward, pages) => {
        clear();
        putCalls(database.db, calls);
        expect(await walk(order, backward, pages)).toEqual(sorted(calls, order));
      }),
      { numRuns: 150 },
    );
  });

  test('between any two cursors contain the rows between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        someCalls.filter(({ length }) => length > 0),
        anOrder,
        fc.boolean(),
        fc.nat(),
        fc.nat(),
        async (calls, order, backward, one, other) => {
          clear();
          putCalls(database.db, calls);
          const list = sorted(calls, order);
          const [from, to] = [one % list.length, other % list.length];
          const positionOf = (i: number) =>
            positionOfCall(
              calls.find(({ id }) => id === list[i])!,
              order,
            );
          const page = { limit: 3, backward, after: positionOf(from), before: positionOf(to) };
          const { rows, more } = await history.calls({}, page, order);
          const between = list.slice(from + 1, Math.max(to, from + 1));
          expect(rows.map(({ id }) => id)).toEqual(backward ? between.slice(-3) : between.slice(0, 3));
          expect(more).toBe(between.length > 3);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('contain each unchanged call once, in order, while others are added, changed and removed', async () => {
    await fc.assert(
      fc.asyncProperty(
        someCalls,
        someCalls,
        anOrder,
        fc.boolean(),
        sizes,
        async (calls, changes, order, backward, pages) => {
          clear();
          putCalls(database.db, calls);
          // Every third call is changed or removed meanwhile; calls from c25 on are added.
          const isUnchanged = ({ id }: Call): boolean => Number(id.slice(-2)) % 3 !== 0;
          const unchanged = calls.filter(isUnchanged);
          const seen = await walk(order, backward, pages, (n) => {
            const changed = changes[n];
            if (!changed) return;
            if (!isUnchanged(changed)) putCalls(database.db, [changed]);
            else
              putCalls(database.db, [
                {
                  ...callRow(`new${25 + n}`, changed),
                  id: `call_new${25 + n}` as never,
                  providerCallId: `new${n}` as never,
                },
              ]);
            if (n % 2 === 0)
              database.db.$client
                .prepare('delete from calls where id = ?')
                .run(`call_c0${n % 10 === 6 ? 6 : 3}`);
          });
          const ids = new Set<string>(unchanged.map(({ id }) => id));
          expect(seen.filter((id) => ids.has(id))).toEqual(sorted(unchanged, order));
        },
      ),
      { numRuns: 150 },
    );
  });
});
