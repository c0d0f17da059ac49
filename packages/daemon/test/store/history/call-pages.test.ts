/** For any filter, order and limits of work, the pages of calls equal the filtered and sorted list, and every plan is bounded. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CALL_DIRECTIONS, END_CATEGORIES, providerId, type Call, type CallId } from '@sidetone/core';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { callMatches } from '../../../src/calls/call-match.ts';
import type { CallFilter } from '../../../src/calls/ports.ts';
import { CALL_ORDER_FIELDS, ORDER_DIRECTIONS, positionOfCall } from '../../../src/history/call-order.ts';
import type { CallOrder } from '../../../src/history/call-order.ts';
import { STATS_BUCKETS } from '../../../src/history/stats-bucket.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { makeInterruptible, type Db } from '../../../src/store/db.ts';
import {
  createCallPages,
  PAGE_LIMITS,
  type PageLimits,
} from '../../../src/store/history/calls/call-pages.ts';
import { createSearch } from '../../../src/store/history/search.ts';
import { createHistoryReader } from '../../../src/store/history/reader.ts';
import { callTags, totalsProgress } from '../../../src/store/schema.ts';
import { createSearchExpansion } from '../../../src/store/search/expansion.ts';
import { searchFor } from '../../support/numbers.ts';
import { callRow, putCalls, putUtterance } from '../../support/rows.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = join(tempDir(), 'call-pages');
let database: Database;
let db: Db;

beforeAll(() => {
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
  ({ db } = database);
  makeInterruptible(db.$client);
});
beforeEach(() => clear());
afterAll(() => database.close());

function clear(): void {
  db.$client.exec(
    "delete from calls; delete from call_tags; delete from call_numbers; delete from events; delete from utterances; insert into utterance_words (utterance_words) values ('delete-all')",
  );
}

const HOUR_MS = 3_600_000;
/** Few values, over months, so that keys are equal and some months have no calls. */
const instant = fc.constantFrom(...[0, 1, 30, 24 * 31, 24 * 100].map((hours) => hours * HOUR_MS));
const WORDS = ['alpha', 'alphabet', 'beta', 'gamma'];

const aCall = fc.record({
  provider: fc.constantFrom('one', 'two'),
  direction: fc.constantFrom(...CALL_DIRECTIONS),
  category: fc.constantFrom(...END_CATEGORIES.slice(0, 2)),
  isLive: fc.boolean(),
  hold: fc.option(fc.constant({ by: 'ada', at: 1 }), { nil: undefined }),
  createdAt: instant,
  answeredAt: fc.option(instant, { nil: undefined }),
  endedAt: instant,
  from: fc.constantFrom('+14155550100', '+14155550199', '+918055551234'),
  tags: fc.subarray(['a', 'b']),
  texts: fc.array(fc.subarray(WORDS, { minLength: 1 }), { maxLength: 2 }),
});

const aFilter = fc.record(
  {
    providerIds: fc.subarray([providerId('one'), providerId('two'), providerId('none')]),
    statuses: fc.subarray(['ENDED', 'IN_PROGRESS', 'RINGING'] as const, { minLength: 1 }),
    live: fc.boolean(),
    directions: fc.subarray([...CALL_DIRECTIONS]),
    endCategories: fc.subarray(END_CATEGORIES.slice(0, 3)),
    createdAfter: instant,
    createdBefore: instant,
    minDurationMs: fc.constantFrom(-HOUR_MS, 0, HOUR_MS),
    maxDurationMs: fc.constantFrom(0, HOUR_MS, 100 * HOUR_MS),
    number: fc.constantFrom('1415', '0199', '+91').map((text) => searchFor(text)),
    held: fc.boolean(),
    tags: fc.subarray(['a', 'b']),
    said: fc.constantFrom('alpha', 'alphab', 'beta alph', '"gamma"', 'nothing', '!'),
  },
  { requiredKeys: [] },
);
/** Of the many conditions only a few at once, so that calls match. */
const someConditions = fc
  .tuple(aFilter, fc.array(fc.nat(12), { minLength: 1, maxLength: 3 }))
  .map(([filter, kept]) => {
    const entries = Object.entries(filter);
    return Object.fromEntries(kept.flatMap((i) => (entries[i] ? [entries[i]] : []))) as CallFilter;
  });
const anOrder: fc.Arbitrary<CallOrder> = fc.record({
  field: fc.constantFrom(...CALL_ORDER_FIELDS),
  direction: fc.constantFrom(...ORDER_DIRECTIONS),
});
const someLimits: fc.Arbitrary<PageLimits> = fc.record({
  few: fc.constantFrom(-1, 3, 2000),
  walked: fc.constantFrom(0, 3, 1000),
  many: fc.constantFrom(-1, 5, 2000),
  maxWalked: fc.constant(100_000),
  chunks: fc.constantFrom({ first: 1, largest: 2 }, { first: 2, largest: 8 }, PAGE_LIMITS.chunks),
});

type MadeCall = Call & { readonly texts: readonly (readonly string[])[] };

const someCalls: fc.Arbitrary<readonly MadeCall[]> = fc.array(aCall, { maxLength: 25 }).map((made) =>
  made.map(({ provider, category, isLive, hold, answeredAt, endedAt, texts, ...fields }, i) => ({
    ...callRow(`c${String(i).padStart(2, '0')}`, {
      ...fields,
      providerId: providerId(provider),
      ...(hold && { hold }),
      ...(answeredAt !== undefined && { answeredAt }),
      ...(isLive
        ? { status: answeredAt === undefined ? 'RINGING' : 'IN_PROGRESS' }
        : { endedAt, end: { category } }),
    }),
    texts,
  })),
);

function store(calls: readonly MadeCall[]): void {
  clear();
  putCalls(db, calls);
  let position = 0;
  for (const { id, tags, texts } of calls) {
    for (const tag of tags) db.insert(callTags).values({ callId: id, tag }).run();
    for (const words of texts) putUtterance(db, id, ++position, words.join(' '));
  }
}

/** The searches of `aFilter`, as conditions on the words of an utterance. */
const SEARCHES: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  alpha: (words) => words.includes('alpha') || words.includes('alphabet'),
  alphab: (words) => words.includes('alphabet'),
  'beta alph': (words) => words.includes('beta') && (words.includes('alpha') || words.includes('alphabet')),
  '"gamma"': (words) => words.includes('gamma'),
  nothing: () => false,
  '!': () => false,
};

function expected(calls: readonly MadeCall[], { said, ...filter }: CallFilter, order: CallOrder): CallId[] {
  const matching = calls.filter(
    (call) => callMatches(call, filter) && (said === undefined || call.texts.some(SEARCHES[said]!)),
  );
  const ascending = matching.toSorted((a, b) => {
    const [{ key: one }, { key: other }] = [positionOfCall(a, order), positionOfCall(b, order)];
    const difference = (one ?? -Infinity) - (other ?? -Infinity);
    return (one === other ? 0 : difference) || (a.id < b.id ? -1 : 1);
  });
  return (order.direction === 'ASC' ? ascending : ascending.toReversed()).map(({ id }) => id);
}

describe('pages of calls', () => {
  test('together equal the filtered and sorted list, whatever the limits of work', () => {
    const expand = createSearchExpansion(db);
    const reader = createHistoryReader(db);
    fc.assert(
      fc.property(
        someCalls,
        fc.array(fc.tuple(someConditions, anOrder, fc.boolean(), someLimits), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 7 }),
        (made, questions, limit) => {
          store(made);
          for (const [filter, order, backward, limits] of questions) {
            const { calls } = createCallPages(db, expand, limits);
            const seen: CallId[] = [];
            for (let edge: Call | undefined, more = true; more;) {
              const position = edge && { [backward ? 'before' : 'after']: positionOfCall(edge, order) };
              const page = calls(filter, { limit, backward, ...position }, order);
              const ids = page.rows.map(({ id }) => id);
              if (backward) seen.unshift(...ids);
              else seen.push(...ids);
              edge = backward ? page.rows[0] : page.rows.at(-1);
              ({ more } = page);
            }
            expect(seen).toEqual(expected(made, filter, order));
            expect(reader.countCalls(filter)).toBe(seen.length);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('that would need too many calls are rejected with a remedy', () => {
    putCalls(
      db,
      Array.from({ length: 40 }, (_, i) =>
        callRow(`many${i}`, { createdAt: i, from: '+14155550100', tags: ['a'] }),
      ),
    );
    db.insert(callTags)
      .values(Array.from({ length: 40 }, (_, i) => ({ callId: `call_many${i}` as CallId, tag: 'a' })))
      .run();
    const limits = { few: 5, walked: 10, many: 20, maxWalked: 30, chunks: { first: 2, largest: 4 } };
    const { calls } = createCallPages(db, createSearchExpansion(db), limits);
    const rare = { tags: ['a'], number: searchFor('1415'), directions: [] } as const;
    expect(calls({ tags: ['a'] }, { limit: 5, backward: false }).rows).toHaveLength(5);
    // The totals know that there is no such call.
    expect(calls(rare, { limit: 5, backward: false }).rows).toEqual([]);
    db.update(totalsProgress).set({ createdAt: 1 }).run();
    expect(() => calls(rare, { limit: 5, backward: false })).toThrow(
      expect.objectContaining({ code: 'HISTORY_TOO_BROAD', details: { maximum: 30 } }),
    );
    db.update(totalsProgress).set({ createdAt: Number.MIN_SAFE_INTEGER }).run();
  });
});

describe('the plan', () => {
  const CONDITIONS: Required<CallFilter> = {
    providerIds: [providerId('one')],
    statuses: ['ENDED', 'RINGING'],
    live: true,
    directions: ['INBOUND'],
    endCategories: ['BUSY'],
    assistants: ['Nova'],
    createdAfter: 1,
    createdBefore: 1000 * HOUR_MS,
    minDurationMs: 1,
    maxDurationMs: 2,
    number: searchFor('1415'),
    held: true,
    tags: ['a'],
    said: 'alpha',
  };
  const KEYS = Object.keys(CONDITIONS) as (keyof CallFilter)[];
  const filterOf = (keys: readonly (keyof CallFilter)[]): CallFilter =>
    Object.fromEntries(keys.map((key) => [key, CONDITIONS[key]]));
  /** None, each, each pair, and all. `live: false` and ended calls only are conditions of most calls. */
  const FILTERS: readonly CallFilter[] = [
    {},
    ...KEYS.map((key) => filterOf([key])),
    ...KEYS.flatMap((key, i) => KEYS.slice(i + 1).map((other) => filterOf([key, other]))),
    filterOf(KEYS),
    { live: false },
    { statuses: ['ENDED'] },
    { statuses: ['RINGING'] },
  ];
  const PAGES = [
    { limit: 2, backward: false },
    { limit: 2, backward: false, after: { key: HOUR_MS, id: 'x' } },
    { limit: 2, backward: true, before: { key: HOUR_MS, id: 'x' } },
  ];

  /** Returns the statements that `run` prepares. */
  function statementsOf(run: () => void): readonly string[] {
    const client = db.$client;
    const prepare = client.prepare.bind(client);
    const statements = new Set<string>();
    client.prepare = (text: string) => {
      if (/^\s*select/.test(text)) statements.add(text);
      return prepare(text);
    };
    try {
      run();
    } finally {
      client.prepare = prepare;
    }
    return [...statements];
  }

  function planOf(statement: string): readonly string[] {
    const steps = db.$client
      .prepare<[], { detail: string }>(`explain query plan ${statement.replaceAll('?', "'1'")}`)
      .all();
    return steps.map(({ detail }) => detail);
  }

  /** Steps that read all rows of a table that grows. The index of a list is read to the limit of the statement. */
  function unboundedSteps(statement: string): readonly string[] {
    const isPage = /^\s*select (?:(?! from )[^])* from "calls" indexed by calls_by_\w+[^]* limit /.test(
      statement,
    );
    return planOf(statement).filter((detail) => {
      if (/^SCAN (?:calls|utterances|events|call_tags|call_numbers|call_totals)\b/.test(detail))
        return (
          !(isPage && / USING (?:COVERING )?INDEX calls_by_/.test(detail)) &&
          !/ calls_(?:live|held)\b/.test(detail)
        );
      return detail.includes('TEMP B-TREE FOR ORDER BY') && isPage;
    });
  }

  beforeEach(() => {
    store([
      {
        ...callRow('one', {
          createdAt: 2 * HOUR_MS,
          answeredAt: 1,
          endedAt: 2,
          end: { category: 'BUSY' },
          direction: 'INBOUND',
          providerId: providerId('one'),
          from: '+14155550100',
          tags: ['a'],
        }),
        texts: [['alpha']],
      },
    ]);
  });

  test.each(
    CALL_ORDER_FIELDS.flatMap((field) => ORDER_DIRECTIONS.map((direction) => ({ field, direction }))),
  )('of every page is bounded, in the order $field $direction', (order) => {
    const expand = createSearchExpansion(db);
    // One that reads small sources, and one that reads in order.
    const readers = [-1, 2000].map((few) =>
      createCallPages(db, expand, { ...PAGE_LIMITS, few, chunks: { first: 1, largest: 1 } }),
    );
    const statements = statementsOf(() => {
      for (const { calls } of readers) {
        for (const filter of FILTERS) for (const page of PAGES) calls(filter, page, order);
      }
    });
    expect(statements.length).toBeGreaterThan(100);
    for (const statement of statements) expect(unboundedSteps(statement), statement).toEqual([]);
  });

  test('of statistics reads all calls only if the totals cannot answer and no index finds few', () => {
    const reader = createHistoryReader(db);
    for (const filter of FILTERS) {
      const statements = statementsOf(() => {
        reader.callTotals(filter);
        reader.countCalls(filter);
        for (const bucket of STATS_BUCKETS) reader.callBuckets(filter, { bucket, limit: 10 });
      });
      for (const statement of statements) expect(unboundedSteps(statement), statement).toEqual([]);
    }
  });

  test('of a search is bounded by its matches', () => {
    const reader = createHistoryReader(db);
    for (const filter of FILTERS) {
      const statements = statementsOf(() => reader.search('alpha', filter, { limit: 2, backward: false }));
      for (const statement of statements) expect(unboundedSteps(statement), statement).toEqual([]);
    }
  });

  test('of other queries seeks by key', () => {
    const reader = createHistoryReader(db);
    const page = { limit: 2, backward: false } as const;
    const ids = ['x'] as never[];
    const statements = statementsOf(() => {
      reader.callsById(ids);
      reader.callsByProviderId([['one', 'x'] as never]);
      reader.utterancesById(ids);
      reader.commandsById(ids);
      reader.streamsById(ids);
      reader.utterancesOf(ids, page);
      reader.utteranceCountsOf(ids);
      reader.transcriptsOf(ids);
      reader.commandsOf(ids, page);
      reader.eventsOf(ids, { limit: 2, after: 0 });
      reader.notesOf(ids);
      reader.streamsOf(ids);
    });
    expect(statements.length).toBeGreaterThan(9);
    for (const statement of statements)
      expect(
        planOf(statement).filter((detail) => /^SCAN (?!json_each|parent)/.test(detail)),
        statement,
      ).toEqual([]);
  });
});

test('pages of a search together equal the matches, newest first, whatever the limits of work', () => {
  const expand = createSearchExpansion(db);
  const limits = fc.record({
    few: fc.constantFrom(-1, 3, 2000),
    compared: fc.constantFrom(0, 2, 1000),
    many: fc.constantFrom(-1, 2000),
    maxCompared: fc.constant(100_000),
  });
  fc.assert(
    fc.property(
      someCalls,
      fc.array(fc.tuple(someConditions, fc.constantFrom(...Object.keys(SEARCHES)), limits), {
        minLength: 4,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 7 }),
      (made, questions, limit) => {
        store(made);
        for (const [filter, query, allowed] of questions) {
          const { search } = createSearch(db, expand, allowed);
          const found: string[] = [];
          for (let edge: number | undefined, more = true; more;) {
            const position = edge === undefined ? {} : { after: { key: edge, id: '' } };
            const page = search(query, filter, { limit, backward: false, ...position });
            found.push(...page.rows.map(({ utterance: { utterance } }) => utterance.text));
            edge = page.rows.at(-1)?.utterance.position;
            ({ more } = page);
          }
          const ids = new Set(expected(made, filter, { field: 'CREATED_AT', direction: 'ASC' }));
          const texts = made.flatMap(({ id, texts: said }) =>
            ids.has(id)
              ? said.filter((words) => SEARCHES[query]!(words)).map((words) => words.join(' '))
              : [],
          );
          expect(found).toEqual(texts.toReversed());
        }
      },
    ),
    { numRuns: 40 },
  );
});
