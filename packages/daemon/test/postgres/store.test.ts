/** The suites of the store on PostgreSQL. */
import { afterAll, beforeAll, describe } from 'vitest';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { testBesideEvents } from '../store/suites/beside-events.ts';
import { sqliteStores } from '../store/suites/engine.ts';
import { testEventLog } from '../store/suites/event-log.ts';
import { testHistory } from '../store/suites/history.ts';
import { testLedger } from '../store/suites/ledger.ts';
import { testPaging } from '../store/suites/paging.ts';
import { testRemoval } from '../store/suites/removal.ts';
import { testSearch } from '../store/suites/search.ts';
import { testStats } from '../store/suites/stats.ts';
import { tempDir } from '../support/temp-dir.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { storesOn } from './support/store.ts';

describe.skipIf(!hasServer)('a store in PostgreSQL', () => {
  let store: PostgresStore;
  beforeAll(async () => {
    store = await openPostgres({ url: await createDatabase() });
    afterAll(() => store.close());
  });
  const open = storesOn(() => store);

  const reference = sqliteStores(tempDir());

  testLedger(open, reference, 20);
  testRemoval(open, reference, 20);
  testBesideEvents(open, reference);
  testEventLog(open, reference, 15);
  testHistory(open, reference, 15);
  testSearch(open, reference, 20);
  testPaging(open, 8);
  testStats(open, reference, 6);
});
