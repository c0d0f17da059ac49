/** Pages of calls, which every engine reads in the same order. */
import type { Call } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CALL_ORDER_FIELDS,
  ORDER_DIRECTIONS,
  positionOfCall,
  type CallOrder,
} from '../../../src/history/call-order.ts';
import { callRow } from '../../support/rows.ts';
import { putCalls } from './drafts.ts';
import type { OpenStore, TestStore } from './engine.ts';

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
  { history }: TestStore,
  order: CallOrder,
  backward: boolean,
  sizes: readonly number[],
  afterPage: (n: number) => Promise<unknown> = () => Promise.resolve(),
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
    await afterPage(n);
    if (!more || !edge) return seen;
  }
  throw new Error('the list did not end');
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

/** For any order, direction and data, the pages of calls together equal the sorted list. */
export function testPaging(open: OpenStore, numRuns: number): void {
  describe('pages of calls', () => {
    test('together equal the sorted list, in any order and direction', async () => {
      await fc.assert(
        fc.asyncProperty(someCalls, anOrder, fc.boolean(), sizes, async (calls, order, backward, pages) => {
          const store = await open();
          await putCalls(store, calls);
          expect(await walk(store, order, backward, pages)).toEqual(sorted(calls, order));
        }),
        { numRuns },
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
            const store = await open();
            await putCalls(store, calls);
            const list = sorted(calls, order);
            const [from, to] = [one % list.length, other % list.length];
            const positionOf = (i: number) =>
              positionOfCall(
                calls.find(({ id }) => id === list[i])!,
                order,
              );
            const page = { limit: 3, backward, after: positionOf(from), before: positionOf(to) };
            const { rows, more } = await store.history.calls({}, page, order);
            const between = list.slice(from + 1, Math.max(to, from + 1));
            expect(rows.map(({ id }) => id)).toEqual(backward ? between.slice(-3) : between.slice(0, 3));
            expect(more).toBe(between.length > 3);
          },
        ),
        { numRuns },
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
            const store = await open();
            await putCalls(store, calls);
            // Every third call is changed or removed meanwhile; calls from c25 on are added.
            const isUnchanged = ({ id }: Call): boolean => Number(id.slice(-2)) % 3 !== 0;
            const unchanged = calls.filter(isUnchanged);
            const seen = await walk(store, order, backward, pages, async (n) => {
              const changed = changes[n];
              if (!changed) return;
              if (!isUnchanged(changed)) await putCalls(store, [changed]);
              else
                await putCalls(store, [
                  {
                    ...callRow(`new${25 + n}`, changed),
                    id: `call_new${25 + n}` as never,
                    providerCallId: `new${n}` as never,
                  },
                ]);
              if (n % 2 === 0) await store.ledger.erase(`call_c0${n % 10 === 6 ? 6 : 3}` as never, 0);
            });
            const ids = new Set<string>(unchanged.map(({ id }) => id));
            expect(seen.filter((id) => ids.has(id))).toEqual(sorted(unchanged, order));
          },
        ),
        { numRuns },
      );
    });
  });
}
