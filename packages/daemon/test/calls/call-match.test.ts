import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALL_DIRECTIONS, CALL_STATUSES, END_CATEGORIES, providerCallId, providerId } from '@sidetone/core';
import { callMatches } from '../../src/calls/call-match.ts';
import type { LiveCallFilter } from '../../src/calls/ports.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { searchFor } from '../support/numbers.ts';
import { tempDir } from '../support/temp-dir.ts';

const NUMBERS = ['+4930111222', '+49 30 999 000', '+91802', '0301', 'sip:4930@example.com', 'tel:+498025550'];
/** The first is that of no call. */
const ASSISTANTS = [
  {},
  { name: 'Nova' },
  { providerAssistantId: 'as_1' },
  { name: 'Mia', providerAssistantId: 'as_2' },
];
const CALLS = 40;
let harness: Harness;

beforeAll(async () => {
  const dir = join(tempDir(), 'match');
  mkdirSync(dir);
  harness = createHarness(dir);
  for (let n = 0; n < CALLS; n++) {
    const its = { providerCallId: providerCallId(`call-${n}`) };
    const at = 1_800_000_000_000 + n * 1000;
    const from = NUMBERS[n % NUMBERS.length]!;
    const details = {
      from,
      to: '+15550',
      createdAt: at,
      ...(n % 3 > 0 && { direction: CALL_DIRECTIONS[n % 3]! }),
      ...(n % 4 > 0 && { assistant: ASSISTANTS[n % 4]! }),
    };
    const callId = harness.emit({
      ...event('call.started', { status: 'RINGING', details }),
      ...its,
      occurredAt: at,
    });
    if (n % 4 > 0)
      harness.emit({ ...event('call.status', { status: 'IN_PROGRESS' }), ...its, occurredAt: at + 500 });
    if (n % 5 === 0) harness.ingest.recordBy('ada', callId, { type: 'CALL_HOLD_CHANGED', held: true });
    if (n % 2 === 0) continue;
    const end = { category: END_CATEGORIES[n % END_CATEGORIES.length]! };
    harness.emit({ ...event('call.ended', { end }), ...its, occurredAt: at + 500 + n * 100 });
  }
  await harness.ingest.committed();
});
afterAll(() => harness.close());

const some = <Value>(values: readonly Value[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
const instant = fc.integer({ min: 1_800_000_000_000, max: 1_800_000_000_000 + CALLS * 1000 });
const span = fc.integer({ min: 0, max: CALLS * 100 });
const filters: fc.Arbitrary<LiveCallFilter> = fc.record(
  {
    providerIds: some([providerId('test'), providerId('other')]),
    statuses: some(CALL_STATUSES),
    live: fc.boolean(),
    directions: some(CALL_DIRECTIONS),
    endCategories: some(END_CATEGORIES),
    assistants: some(['Nova', 'as_1', 'as_2', 'Mia', 'nobody']),
    createdAfter: instant,
    createdBefore: instant,
    minDurationMs: span,
    maxDurationMs: span,
    number: fc
      .constantFrom('4930', '49301', '9', '0', '1555', '777', '+49 30', '9802', '5550', '0301', '0049')
      .map((text) => searchFor(text)),
    held: fc.boolean(),
    tags: fc.constantFrom<string[]>([], ['vip']),
  },
  { requiredKeys: [] },
);

test('callMatches selects the same calls as the database query', async () => {
  const window = { limit: CALLS, backward: false };
  const all = (await harness.history.calls({}, window)).rows;
  expect(all).toHaveLength(CALLS);
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      const stored = (await harness.history.calls(filter, window)).rows.map(({ id }) => id);
      const matched = all.filter((call) => callMatches(call, filter)).map(({ id }) => id);
      expect(matched).toEqual(stored);
    }),
    { numRuns: 300 },
  );
});
