/** History over PostgreSQL: failures, and connections of its own. The suites show what it answers. */
import { isFault, type FaultError } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPostgresHistory, type PostgresHistory } from '../../src/store/postgres/history/history.ts';
import { createPostgresEventLog } from '../../src/store/postgres/event-log.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { callIdOf, DraftMaker } from '../store/suites/drafts.ts';
import { createTestLog } from '../support/silent-log.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty, storeOn } from './support/store.ts';

describe.skipIf(!hasServer)('history in PostgreSQL', () => {
  let url: string;
  let store: PostgresStore;
  let lost: FaultError[];
  let queries: PostgresHistory;
  const historyOf = ({ historyReads }: PostgresStore) =>
    createPostgresHistory(historyReads, { clock: createFakeClock(), log: createTestLog().log('history') });
  const codeOf = (query: Promise<unknown>): Promise<unknown> =>
    query.catch((error: unknown) => (isFault(error) ? error.code : error));

  beforeAll(async () => {
    url = await createDatabase();
    const health = { lost: (failure: FaultError) => void lost.push(failure), written: () => undefined };
    store = await openPostgres({ url, statementTimeoutMs: 300 }, health);
    queries = historyOf(store);
    afterAll(() => store.close());
  });
  beforeEach(async () => {
    lost = [];
    await empty(store);
  });

  test('sees what was committed before the query', async () => {
    const maker = new DraftMaker();
    await storeOn(store).ledger.commit([maker.start('a'), maker.line('a', 1, 'hello there')]);
    const { history } = queries;
    expect(await history.call(callIdOf('a'))).toEqual(maker.calls.get(callIdOf('a')));
    expect((await history.search('hel', {}, { limit: 9, backward: false })).rows).toMatchObject([
      { snippet: '[hello] there' },
    ]);
    expect(await history.countCalls({ said: 'there' })).toBe(1);
  });

  test('a query that the server ends is a timeout, and does not make the store unavailable', async () => {
    const code = await store.session.transaction(async (transaction) => {
      await transaction.run({ text: 'lock table utterances in access exclusive mode' });
      return codeOf(queries.history.countUtterances(callIdOf('a')));
    });
    expect([code, lost]).toEqual(['HISTORY_TIMEOUT', []]);
  });

  test('a page of the event log that the server ends is a timeout, and does not make the store unavailable', async () => {
    const log = createPostgresEventLog({ ...store, epochs: [] });
    const code = await store.session.transaction(async (transaction) => {
      await transaction.run({ text: 'lock table events in access exclusive mode' });
      return codeOf(log.page(0, 10, {}));
    });
    expect([code, lost]).toEqual(['HISTORY_TIMEOUT', []]);
    expect(await log.page(0, 10, {})).toEqual([]);
  });

  test('pages of the event log that wait in the server leave the connections of queries free', async () => {
    const patient = await openPostgres({ url });
    const log = createPostgresEventLog({ ...patient, epochs: [] });
    let ended = 0;
    const pages = await store.session.transaction(async (transaction) => {
      await transaction.run({ text: 'lock table events in access exclusive mode' });
      const started = Array.from({ length: 20 }, () => log.page(0, 10, {}).finally(() => ended++));
      expect(await historyOf(patient).history.countCalls({})).toBe(0);
      expect(ended).toBe(0);
      return started;
    });
    expect(await Promise.all(pages)).toHaveLength(20);
    await patient.close();
  });

  test('queries that wait in the server leave the connections of decisions free', async () => {
    const patient = await openPostgres({ url, connections: 1 });
    const { history } = historyOf(patient);
    let ended = 0;
    const waiting = await store.session.transaction(async (transaction) => {
      await transaction.run({ text: 'lock table utterances in access exclusive mode' });
      const started = [
        history.countUtterances(callIdOf('a')),
        history.transcript(callIdOf('a')),
        history.search('word', {}, { limit: 1, backward: false }),
        history.search('other', {}, { limit: 1, backward: false }),
      ].map((query) => query.finally(() => ended++));
      await patient.session.rows({ text: 'select 1' });
      expect(ended).toBe(0);
      return started;
    });
    await Promise.all(waiting);
    await patient.close();
  });

  test('a database that cannot be read is reported as such', async () => {
    const other = await openPostgres({ url });
    const { history } = historyOf(other);
    await other.close();
    expect(await codeOf(history.countCalls({}))).toBe('HISTORY_UNAVAILABLE');
  });
});
