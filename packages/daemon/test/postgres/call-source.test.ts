import { providerCallId } from '@sidetone/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPostgresCallSource } from '../../src/store/postgres/ledger/call-source.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { callIdOf, DraftMaker, PROVIDER } from '../store/suites/drafts.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty, storeOn } from './support/store.ts';

describe.skipIf(!hasServer)('loading a call from PostgreSQL', () => {
  let store: PostgresStore;
  beforeAll(async () => {
    store = await openPostgres({ url: await createDatabase() });
    afterAll(() => store.close());
  });
  beforeEach(() => empty(store));

  test('returns the call by either of its ids, with the keys of its events and its transcript', async () => {
    const maker = new DraftMaker();
    await storeOn(store).ledger.commit([
      maker.start('a'),
      maker.next('a', { type: 'CALL_STATUS_CHANGED', status: 'IN_PROGRESS' }, 2000, 'one'),
      maker.next('a', { type: 'SPEECH_STARTED', party: 'CUSTOMER' }, 2001, 'two'),
      maker.line('a', 2),
      maker.line('a', 1),
      maker.start('b'),
    ]);
    const source = createPostgresCallSource(store.session);
    const loaded = { call: maker.calls.get(callIdOf('a')), isErased: false, dedupeKeys: ['one', 'two'] };
    expect(await source.fetchCall(callIdOf('a'), 1)).toEqual(loaded);
    expect(await source.fetchCall({ providerId: PROVIDER, providerCallId: providerCallId('a') }, 1)).toEqual(
      loaded,
    );
    expect((await source.fetchUtterances(callIdOf('a'))).map(({ text }) => text)).toEqual([
      'words 1',
      'words 2',
    ]);
  });

  test('reports a call that was erased', async () => {
    const { ledger } = storeOn(store);
    await ledger.commit([new DraftMaker().start('a')]);
    await ledger.erase(callIdOf('a'), 5);
    const source = createPostgresCallSource(store.session);
    const ref = (name: string) => ({ providerId: PROVIDER, providerCallId: providerCallId(name) });
    expect(await source.fetchCall(ref('a'), 6)).toEqual({ isErased: true, dedupeKeys: [] });
    expect(await source.fetchCall(ref('b'), 6)).toEqual({ isErased: false, dedupeKeys: [] });
    expect(await source.fetchCall(callIdOf('a'), 6)).toEqual({ isErased: false, dedupeKeys: [] });
  });
});
