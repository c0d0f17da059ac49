import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { History } from '../../../src/history/ports.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { searchTerms } from '../../../src/store/search/query.ts';
import { snippetOf } from '../../../src/store/search/snippet.ts';
import { createLocalHistory } from '../../support/history.ts';
import { callRow, putCalls, putUtterance } from '../../support/rows.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = join(tempDir(), 'search');
const call = callRow('one');
let database: Database;
let history: History;

beforeAll(() => {
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
  history = createLocalHistory(database.db);
});
beforeEach(() => clear());
afterAll(() => database.close());

function clear(): void {
  database.db.$client.exec(
    "delete from calls; delete from utterances; insert into utterance_words (utterance_words) values ('delete-all')",
  );
  putCalls(database.db, [call]);
}

let position = 0;
function store(...texts: string[]): void {
  for (const text of texts) putUtterance(database.db, call.id, ++position, text);
}

const ALL = { limit: 100, backward: false } as const;
const search = async (query: string): Promise<string[]> =>
  (await history.search(query, {}, ALL)).rows.map(({ utterance: { utterance } }) => utterance.text);
const snippets = async (query: string): Promise<string[]> =>
  (await history.search(query, {}, ALL)).rows.map(({ snippet }) => snippet);

describe('a search', () => {
  test('requires all words, in any order, and treats the last one as a prefix', async () => {
    store('I want to cancel my order', 'order by phone', 'my orders are cancelled');
    expect(await search('order my')).toEqual(['I want to cancel my order']);
    expect(await search('my ord')).toEqual(['my orders are cancelled', 'I want to cancel my order']);
    expect(await search('ord my')).toEqual([]);
  });

  test('in quotes requires adjacent, complete words', async () => {
    store('my order', 'order my', 'my orders');
    expect(await search('"my order"')).toEqual(['my order']);
    expect(await search('“my order”')).toEqual(['my order']);
    expect(await search('"my order" m')).toEqual(['my order']);
    // An unclosed quote is ignored, so that results appear while the user types.
    expect(await search('"my ord')).toEqual(['my orders', 'order my', 'my order']);
  });

  test.each([
    ['Grüße aus KÖLN', 'koln', 'Grüße aus [KÖLN]'],
    ['ΟΔΟΣ Αθηνών', 'οδος', '[ΟΔΟΣ] Αθηνών'],
    ['Мой заказ', 'ЗАКАЗ', 'Мой [заказ]'],
    ['私は東京に住んでいます', '東京', '私は[東京]に住んでいます'],
    ['我们在北京大学', '京大', '我们在北[京大]学'],
    ['สวัสดีครับผม', 'สวัสด', '[สวัสดี]ครับผม'],
    ['हिन्दी भाषा', 'हिन्दी', '[हिन्दी] भाषा'],
    ['مرحبا بالعالم', 'بالعالم', 'مرحبا [بالعالم]'],
    ['הוא גר בתל אביב צה"ל', 'צה"ל', 'הוא גר בתל אביב [צה"ל]'],
    ['안녕하세요 고객님', '안녕', '[안녕하세요] 고객님'],
    ['call ＡＢＣ１２ now', 'abc12', 'call [ＡＢＣ１２] now'],
    ["I don't know", "don't", "I [don't] know"],
    ['call 4155550100', '415', 'call [4155550100]'],
  ])('in %j for %j finds %j', async (text, query, snippet) => {
    store(text, 'something else');
    expect(await snippets(query)).toEqual([snippet]);
  });

  test('accepts any text and finds nothing if it has no words', async () => {
    store('and or not near');
    for (const query of ['', '   ', '"', '""', '*', '()', '-', '^', 'NEAR(', '\0', '\u202e', '👍', '"*"']) {
      const matches = /near/i.test(query) ? 1 : 0;
      expect(await search(query), query).toHaveLength(matches);
    }
    expect(await search('AND OR NOT NEAR')).toHaveLength(1);
    expect(await search('words:and')).toEqual([]);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 500 }),
          fc.string({
            unit: fc.constantFrom(
              '"',
              '*',
              '(',
              ')',
              '^',
              ':',
              '{',
              '}',
              '+',
              '-',
              "'",
              ' ',
              'AND',
              'NEAR',
              'a',
            ),
          }),
        ),
        async (query) => {
          const { rows } = await history.search(query, { said: query }, ALL);
          expect(Array.isArray(rows)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('finds a text by any sequence of its words and marks the match', async () => {
    const word = fc.constantFrom(
      'hello',
      'Köln',
      '東京都',
      'ОРДЕР',
      'สวัสดี',
      "don't",
      '3.14',
      'हिन्दी',
      'ＡＢＣ',
      'ΟΔΟΣ',
      '[x]',
      'ﬁne',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (words, from, length, isPhrase) => {
          clear();
          const text = words.join(' ');
          store(text);
          const excerpt = words.slice(from % words.length, (from % words.length) + length).join(' ');
          const [snippet] = await snippets(isPhrase ? `"${excerpt}"` : excerpt);
          expect(snippet).toMatch(/\[[^[\]]+\]/);
          const shown = snippet!.replaceAll(/[[\]…]/g, '');
          expect(text.replaceAll('[', '(').replaceAll(']', ')')).toContain(shown);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('returns the newest matches first, page by page, while utterances are added', async () => {
    store('a word 1', 'a word 2', 'a word 3', 'a word 4');
    const first = await history.search('word', {}, { limit: 2, backward: false });
    store('a word 5');
    const last = first.rows[1]!.utterance;
    const after = { key: last.position, id: last.utterance.id };
    const second = await history.search('word', {}, { limit: 2, backward: false, after });
    const numbers = [first, second].map(({ rows }) =>
      rows.map(({ utterance }) => utterance.utterance.text.at(-1)),
    );
    expect(numbers).toEqual([
      ['4', '3'],
      ['2', '1'],
    ]);
    expect([first.more, second.more]).toEqual([true, false]);
  });

  test('is limited to the calls of its filter', async () => {
    store('hello here');
    const other = callRow('two', { status: 'IN_PROGRESS' });
    putCalls(database.db, [other]);
    putUtterance(database.db, other.id, ++position, 'hello there');
    const texts = async (filter: Parameters<History['search']>[1]) =>
      (await history.search('hello', filter, ALL)).rows.map(({ utterance }) => utterance.utterance.text);
    expect(await texts({})).toEqual(['hello there', 'hello here']);
    expect(await texts({ live: true })).toEqual(['hello there']);
    expect(await texts({ live: false })).toEqual(['hello here']);
  });
});

describe('a snippet', () => {
  const of = (text: string, query: string): string => snippetOf(text, searchTerms(query));

  test('replaces brackets of the text by parentheses, so that the marks are unambiguous', () => {
    expect(of('press [1] for [sales] now', 'sales')).toBe('press (1) for ([sales]) now');
  });

  test('is an excerpt around the first match, cut between words', () => {
    const text = `${'before '.repeat(50)}needle ${'after '.repeat(50)}needle`;
    const snippet = of(text, 'needle');
    expect(snippet).toMatch(/^…(before )+\[needle\] (after )+…$/);
    expect(snippet.length).toBeLessThan(200);
  });

  test('marks every match, and overlapping matches as one', () => {
    expect(of('one two one two', '"one two" two')).toBe('[one two] [one two]');
    expect(of('no no no', '"no no"')).toBe('[no no no]');
  });

  test('is the start of the text if nothing matches', () => {
    expect(of('one two', 'three')).toBe('one two');
  });
});

describe('the filter `said`', () => {
  test('matches calls with one utterance that contains all words', async () => {
    const [two, three] = [callRow('two'), callRow('three')];
    putCalls(database.db, [two, three]);
    const utterances: [CallId, string][] = [
      [two.id, 'please cancel'],
      [two.id, 'the order'],
      [three.id, 'cancel the order'],
    ];
    for (const [id, text] of utterances) putUtterance(database.db, id, ++position, text);
    const names = async (query: string) =>
      (await history.calls({ said: query }, ALL)).rows.map(({ providerCallId }) => providerCallId).toSorted();
    expect(await names('cancel')).toEqual(['three', 'two']);
    expect(await names('cancel order')).toEqual(['three']);
    expect(await names('…')).toEqual([]);
  });
});
