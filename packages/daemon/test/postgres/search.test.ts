/** The index of words in PostgreSQL. The suites show what it finds. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPostgresSearch } from '../../src/store/postgres/history/search.ts';
import { fillWords } from '../../src/store/postgres/ledger/fill-words.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { Parameters } from '../../src/store/postgres/parameters.ts';
import { isFoundByWords, wordSearch } from '../../src/store/postgres/search/words.ts';
import { DraftMaker } from '../store/suites/drafts.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty, storeOn } from './support/store.ts';

describe.skipIf(!hasServer)('the search in PostgreSQL', () => {
  let store: PostgresStore;
  beforeAll(async () => {
    store = await openPostgres({ url: await createDatabase() });
    afterAll(() => store.close());
  });
  beforeEach(async () => {
    await empty(store);
    const maker = new DraftMaker();
    const start = maker.start('a', { direction: 'WEB' });
    const words = Array.from({ length: 20 }, (_, i) => maker.line('a', i + 1, i % 7 === 0 ? 'rare' : 'word'));
    await storeOn(store).ledger.commit([start, ...words, maker.line('a', 50, '…')]);
  });

  const wordRows = () =>
    store.session.rows({ text: 'select position, call_id, words from utterance_words order by position' });
  const fill = (step: number) => store.session.transaction((queries) => fillWords(queries, step));

  test('adds the words of utterances that lack them, in steps, and again if the rules have changed', async () => {
    const rows = await wordRows();
    expect(rows).toHaveLength(20);
    await store.session.run({ text: 'delete from utterance_words where position < 15' });
    expect([await fill(10), await fill(10), await fill(10), await fill(10)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await wordRows()).toEqual(rows);
    await store.session.run({ text: 'update utterance_words set words = $1', values: [' old '] });
    await store.session.run({
      text: 'update meta set value = $1 where key = $2',
      values: ['{"rules":0}', 'word_index'],
    });
    while (await fill(10));
    expect(await wordRows()).toEqual(rows);
  });

  test.each([
    ['the newest utterances', { newest: 50, many: 0, largest: 50, maxCompared: 50 }],
    ['the index', { newest: 1, many: 100, largest: 1, maxCompared: 1 }],
    ['older utterances', { newest: 1, many: 0, largest: 4, maxCompared: 50 }],
  ])('finds a page by %s', async (_way, limits) => {
    const { search } = createPostgresSearch(store.session, limits);
    const page = { limit: 2, backward: false } as const;
    const positionsOf = async (after?: number) => {
      const from = after === undefined ? {} : { after: { key: after, id: 'utt' } };
      const { rows, more } = await search('rare', { directions: ['WEB'] }, { ...page, ...from });
      return [rows.map(({ utterance }) => utterance.position), more];
    };
    expect(await positionsOf()).toEqual([[16, 9], true]);
    expect(await positionsOf(9)).toEqual([[2], false]);
    expect(await positionsOf(2)).toEqual([[], false]);
  });

  test('ends if it has compared too many utterances', async () => {
    const limits = { newest: 1, many: 1, largest: 2, maxCompared: 6 };
    const { search } = createPostgresSearch(store.session, limits);
    const page = { limit: 5, backward: false } as const;
    await expect(search('rare', {}, page)).rejects.toMatchObject({ code: 'HISTORY_TOO_BROAD' });
  });

  test('finds words by the index', async () => {
    // The rows are so few that the server would read them all.
    const plan = await store.session.transaction(
      (queries) =>
        queries.rows<{ 'QUERY PLAN': string }>({
          text: `explain select 1 from utterance_words as w where ${isFoundByWords(wordSearch('rare')!, new Parameters().add)}`,
          values: ["'rare':*", ' rare'],
        }),
      'set local enable_seqscan = off',
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('utterance_words_by_word');
  });
});
