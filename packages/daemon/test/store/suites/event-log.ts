/** What every engine reads from the event log. */
import {
  CALL_DIRECTIONS,
  CALL_FACT_TYPES,
  CALL_STATUSES,
  END_CATEGORIES,
  providerId,
  type CallRecord,
} from '@sidetone/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveCallFilter, RecordFilter } from '../../../src/calls/ports.ts';
import { searchFor } from '../../support/numbers.ts';
import { anyDrafts, callIdOf, DraftMaker, PROVIDER } from './drafts.ts';
import type { OpenStore } from './engine.ts';
import { commitAll } from './ledger.ts';

export const anyCallFilter: fc.Arbitrary<LiveCallFilter> = fc.record(
  {
    providerIds: fc.subarray([PROVIDER, providerId('other')]),
    statuses: fc.subarray([...CALL_STATUSES]),
    live: fc.boolean(),
    directions: fc.subarray([...CALL_DIRECTIONS]),
    endCategories: fc.subarray([...END_CATEGORIES]),
    assistants: fc.constantFrom(['1001'], []),
    createdAfter: fc.integer({ min: 0, max: 10_000 }),
    createdBefore: fc.integer({ min: 0, max: 10_000 }),
    minDurationMs: fc.integer({ min: -5000, max: 5000 }),
    maxDurationMs: fc.integer({ min: -5000, max: 5000 }),
    held: fc.boolean(),
    number: fc.constantFrom('1001', '91805555', '1234').map((text) => searchFor(text)),
    tags: fc.subarray(['tag 0', 'tag 1']),
  },
  { requiredKeys: [] },
);

const anyFilter: fc.Arbitrary<RecordFilter> = fc.record(
  {
    callId: fc.constantFrom(callIdOf('a'), callIdOf('x')),
    types: fc.subarray([...CALL_FACT_TYPES]),
    calls: anyCallFilter,
  },
  { requiredKeys: [] },
);

/** @param reference the engine that the others must equal. */
export function testEventLog(open: OpenStore, reference: OpenStore, numRuns: number): void {
  test('events are found by the same filters', async () => {
    const filters = fc.array(anyFilter, { minLength: 5, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(anyDrafts, filters, fc.nat(20), async (drafts, chosen, after) => {
        const seen: (readonly (readonly CallRecord[])[])[] = [];
        for (const each of [reference, open]) {
          const store = await each();
          await commitAll(store, drafts, 50);
          const pages = [];
          for (const filter of [{}, ...chosen]) pages.push(await store.eventLog.page(after, 30, filter));
          seen.push(pages);
        }
        expect(seen[1]).toEqual(seen[0]);
      }),
      { numRuns },
    );
  });

  test('pages continue after a position, and the newest one is kept when its call is erased', async () => {
    const { ledger, eventLog } = await open();
    expect(await eventLog.latest()).toBe(0);
    const maker = new DraftMaker();
    const records = await ledger.commit([maker.start('a'), maker.start('b'), maker.line('a', 1)]);
    expect(await eventLog.page(0, 2, {})).toEqual(records.slice(0, 2));
    expect(await eventLog.page(2, 2, {})).toEqual(records.slice(2));
    expect(await eventLog.page(1, 9, { callId: callIdOf('a') })).toEqual(records.slice(2));
    await ledger.erase(callIdOf('a'), 1);
    expect(await eventLog.page(0, 9, {})).toEqual([records[1]]);
    expect(await eventLog.latest()).toBe(3);
  });
}
