/** What every engine reads of the history. */
import { providerCallId, type CallFactType } from '@sidetone/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CALL_ORDER_FIELDS, ORDER_DIRECTIONS, positionOfCall } from '../../../src/history/call-order.ts';
import type { KeysetPosition, PageRequest } from '../../../src/history/paging.ts';
import { anyDrafts, callIdOf, PROVIDER } from './drafts.ts';
import type { OpenStore, TestStore } from './engine.ts';
import { anyCallFilter } from './event-log.ts';
import { commitAll } from './ledger.ts';

const CALLS = ['a', 'x', 'b', 'c'].map(callIdOf);

const anyPosition = (key: fc.Arbitrary<number | null>): fc.Arbitrary<KeysetPosition> =>
  fc.record({ key, id: fc.constantFrom('call_a', 'call_b', 'utt_4', 'utt_12', 'cmd_1') });

const anyPage = (key: fc.Arbitrary<number | null>): fc.Arbitrary<PageRequest> =>
  fc.record(
    {
      limit: fc.integer({ min: 1, max: 4 }),
      backward: fc.boolean(),
      after: anyPosition(key),
      before: anyPosition(key),
    },
    { requiredKeys: ['limit', 'backward'] },
  );

const anyQuestion = fc.record({
  page: anyPage(fc.nat(20)),
  callPage: anyPage(fc.oneof(fc.constant(null), fc.integer({ min: -3000, max: 10_000 }))),
  filter: anyCallFilter,
  order: fc.record({
    field: fc.constantFrom(...CALL_ORDER_FIELDS),
    direction: fc.constantFrom(...ORDER_DIRECTIONS),
  }),
  after: fc.nat(20),
  types: fc.constantFrom<readonly CallFactType[] | undefined>(undefined, [
    'CALL_STARTED',
    'UTTERANCE_FINALIZED',
  ]),
});
type Question = typeof anyQuestion extends fc.Arbitrary<infer Value> ? Value : never;

async function answers({ history }: TestStore, { page, callPage, filter, order, after, types }: Question) {
  // A position without a key exists only in an order that has calls without one.
  const hasNull =
    order.field !== 'CREATED_AT' || (callPage.after?.key !== null && callPage.before?.key !== null);
  const seqPage = { limit: page.limit, backward: page.backward };
  return {
    utterances: await history.utterancesOf(CALLS, page),
    counts: await history.utteranceCountsOf(CALLS),
    transcripts: await history.transcriptsOf(CALLS),
    commands: await history.commandsOf(CALLS, page),
    events: await history.eventsOf(CALLS, { after, limit: page.limit, ...(types && { types }) }),
    notes: await history.notesOf(CALLS),
    streams: await history.streamsOf(CALLS),
    calls: hasNull && (await history.calls(filter, callPage, order)),
    audit: await history.auditEntries({ by: ['ada'], outcome: 'DONE' }, seqPage),
    byId: [
      await history.callsById(CALLS),
      await history.callsByProviderId([
        [PROVIDER, providerCallId('b')],
        [PROVIDER, providerCallId('x')],
      ]),
      await history.utterancesById(['utt_4', 'utt_x'] as never),
      await history.commandsById(['cmd_1', 'cmd_x'] as never),
      await history.streamsById(['str_a_4', 'str_x'] as never),
    ],
  };
}

/** Reads all calls, page by page, in the direction of the page. */
async function walk({ history }: TestStore, { callPage: { limit, backward }, filter, order }: Question) {
  const names: string[][] = [];
  let page: PageRequest = { limit, backward };
  for (;;) {
    const { rows, more } = await history.calls(filter, page, order);
    names.push(rows.map(({ id }) => id));
    const last = backward ? rows[0] : rows.at(-1);
    // There are three calls.
    if (!more || !last || names.length > 3) return names;
    const position = positionOfCall(last, order);
    page = { limit, backward, ...(backward ? { before: position } : { after: position }) };
  }
}

/** @param reference the engine that the others must equal. */
export function testHistory(open: OpenStore, reference: OpenStore, numRuns: number): void {
  test('lists and pages of the history are the same', async () => {
    const questions = fc.array(anyQuestion, { minLength: 3, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(anyDrafts, questions, async (drafts, chosen) => {
        const seen: unknown[] = [];
        for (const each of [reference, open]) {
          const store = await each();
          await commitAll(store, drafts, 50);
          const given = [];
          for (const question of chosen)
            given.push([await answers(store, question), await walk(store, { ...question, filter: {} })]);
          seen.push(given);
        }
        expect(seen[1]).toEqual(seen[0]);
      }),
      { numRuns },
    );
  });
}
