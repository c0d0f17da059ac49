/** Finding calls by number: in the store, in memory, and after an update of the daemon. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { providerId, type Call } from '@sidetone/core';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { callMatches } from '../../src/calls/call-match.ts';
import { countriesOf, NO_COUNTRIES } from '../../src/calls/numbers/countries.ts';
import { parseNumberSearch } from '../../src/calls/numbers/number-search.ts';
import type { History } from '../../src/history/ports.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { CALLS_PER_STEP, createNumberIndex } from '../../src/store/number-index.ts';
import { callNumbers } from '../../src/store/schema.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { NOTATIONS, type Notation } from '../fixtures/number-notations.ts';
import { createLocalHistory } from '../support/history.ts';
import { searchFor } from '../support/numbers.ts';
import { callRow, putCalls } from '../support/rows.ts';
import { tempDir } from '../support/temp-dir.ts';

const COUNTRIES = countriesOf({
  providers: Object.fromEntries(
    (['IN', 'US', 'RU', 'IT', 'GB'] as const).map((country) => [country.toLowerCase(), { country }]),
  ),
});
const CALLS: readonly Call[] = NOTATIONS.map(({ reported, country }, i) =>
  callRow(String(i), {
    providerId: providerId(country?.toLowerCase() ?? 'elsewhere'),
    createdAt: i,
    ...(i % 2 === 0 ? { from: reported } : { to: reported }),
  }),
);

const DIGITS = '٠١٢٣٤٥٦٧٨٩';
const grouped = (e164: string): string => e164.replaceAll(/(\d{3})(?=\d{2})/g, '$1 ');

/** How people write a number when they search for it. */
const searchesOf = ({ reported, e164, national }: Notation): readonly string[] => [
  reported,
  e164,
  national,
  e164.slice(1),
  `00${e164.slice(1)}`,
  grouped(e164),
  grouped(e164).replaceAll(' ', '-'),
  `tel:${e164}`,
  `sip:${e164}@example.com;user=phone`,
  `\u202A${e164}\u202C`,
  e164.replaceAll(/\d/g, (digit) => DIGITS[Number(digit)]!),
];

/** The first digits of a number, also while it is typed; those of a country can be found only if it is known. */
function beginningsOf({ reported, e164, national, country }: Notation): readonly string[] {
  const isCountryKnown = country !== undefined || /91|[+０-９]/.test(reported);
  const typed = country === undefined || country === 'RU' ? [] : [national.slice(0, -2)];
  return [...typed, ...(isCountryKnown ? [4, 6, 9].map((count) => e164.slice(0, count)) : [])];
}

let database: Database;
let history: History;
beforeAll(() => {
  const dir = join(tempDir(), 'numbers');
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
  history = createLocalHistory(database.db);
  putCalls(database.db, CALLS, COUNTRIES);
});
afterAll(() => database.close());

const filterOf = (text: string) => ({ number: searchFor(text, COUNTRIES) });
const namesOf = (calls: readonly Call[]): readonly string[] => calls.map(({ id }) => id).toSorted();

function inMemory(text: string): readonly string[] {
  const filter = filterOf(text);
  return namesOf(CALLS.filter((call) => callMatches(call, filter)));
}
const inStore = async (text: string): Promise<readonly string[]> =>
  namesOf((await history.calls(filterOf(text), { limit: 100, backward: false })).rows);

test('the list has sixty numbers', () => {
  expect(new Set(NOTATIONS.map(({ e164 }) => e164)).size).toBe(60);
  expect(new Set(NOTATIONS.map(({ reported }) => reported)).size).toBe(60);
});

describe.each(NOTATIONS.map((notation, i) => [notation.reported, notation, CALLS[i]!.id] as const))(
  'a call with %j',
  (_reported, notation, id) => {
    it('is found by every notation, and no other call', async () => {
      for (const text of searchesOf(notation)) expect(inMemory(text), text).toEqual([id]);
      for (const text of [notation.reported, notation.national]) expect(await inStore(text)).toEqual([id]);
    });

    it('is found by the last digits and by the beginning', async () => {
      for (const count of [4, 5, 7]) expect(inMemory(notation.e164.slice(-count))).toContain(id);
      for (const start of beginningsOf(notation)) expect(inMemory(start), start).toContain(id);
      for (const text of [notation.e164.slice(-4), notation.e164.slice(0, 6)])
        expect(await inStore(text), text).toEqual(inMemory(text));
    });

    it('shows the number as reported', () => {
      const call = createLedger(database.db).get(id);
      expect(call?.from ?? call?.to).toBe(notation.reported);
    });
  },
);

describe('without countries', () => {
  it('ten digits do not become a number of another country', () => {
    const index = createNumberIndex(database.db, NO_COUNTRIES);
    index.put(callRow('ten', { from: '8012345678', to: '4155550100' }));
    const rows = database.db.select().from(callNumbers).all();
    expect(
      rows
        .filter(({ callId }) => callId === 'call_ten')
        .map(({ number }) => number)
        .toSorted(),
    ).toEqual(['4155550100', '8012345678']);
  });

  it.each(['918012345678', '+918012345678', '0091 80 1234 5678', '08012345678', '8012345678', '5678'])(
    'finds them by %s',
    (text) => {
      const call = callRow('ten', { from: '8012345678' });
      expect(callMatches(call, { number: searchFor(text) })).toBe(true);
    },
  );
});

test.each(['sip:1001@pbx.example.com', '1001'])('an extension %s is found by its digits', (reported) => {
  const call = callRow('extension', { from: reported });
  expect(callMatches(call, { number: searchFor('1001') })).toBe(true);
  expect(callMatches(call, { number: searchFor('100') })).toBe(true);
  expect(callMatches(call, { number: searchFor('002') })).toBe(false);
});

test.each(['', ' ', 'ana', 'sip:ana@example.com', '1%', '1'.repeat(21), '\u202A\u202C'])(
  'the search %j is rejected',
  (text) => {
    expect(parseNumberSearch(text, NO_COUNTRIES)).toBeUndefined();
  },
);

test('addresses without a number have no keys', () => {
  for (const from of ['anonymous', 'sip:ana@example.com', '9'.repeat(21), ''])
    expect(callMatches(callRow('x', { from }), { number: searchFor('9') })).toBe(false);
});

describe('the calls of another release', () => {
  const COUNT = 2 * CALLS_PER_STEP + 1;
  const old = Array.from({ length: COUNT }, (_, i) =>
    callRow(`old${i}`, { createdAt: Math.floor(i / 2), from: `080 5555 ${1000 + i}` }),
  );
  const open = (name: string): Database => {
    const file = openDatabase(join(tempDir(), name), 'normal');
    putCalls(file.db, old);
    file.db.delete(callNumbers).run();
    return file;
  };
  const indexed = ({ db }: Database): number => db.select().from(callNumbers).all().length;

  it('are indexed in steps, newest first, and once', () => {
    const file = open('steps.db');
    const ledger = createLedger(file.db);
    expect(ledger.indexNumbers()).toBe(true);
    expect(indexed(file)).toBe(CALLS_PER_STEP);
    const newest = file.db
      .select()
      .from(callNumbers)
      .all()
      .map(({ callId }) => callId);
    expect(newest).toContain(old.at(-1)!.id);
    expect(newest).not.toContain(old[0]!.id);
    // Continues after a restart.
    const restarted = createLedger(file.db);
    expect([restarted.indexNumbers(), restarted.indexNumbers()]).toEqual([true, false]);
    expect(indexed(file)).toBe(COUNT);
    file.db.delete(callNumbers).run();
    expect(createLedger(file.db).indexNumbers()).toBe(false);
    expect(indexed(file)).toBe(0);
    file.close();
  });

  it('are indexed again when a country is configured', async () => {
    const file = open('country.db');
    while (createLedger(file.db).indexNumbers());
    const countries = countriesOf({ country: 'IN', providers: {} });
    const ledger = createLedger(file.db, undefined, countries);
    while (ledger.indexNumbers());
    const numbers = file.db.select({ number: callNumbers.number }).from(callNumbers).all();
    expect(numbers).toHaveLength(COUNT);
    expect(numbers.every(({ number }) => number.startsWith('+918055551'))).toBe(true);
    file.close();
  });
});
