/** The suites of the store on SQLite. `test/postgres/store.test.ts` runs them on PostgreSQL. */
import { describe } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { testBesideEvents } from './suites/beside-events.ts';
import { sqliteStores } from './suites/engine.ts';
import { testEventLog } from './suites/event-log.ts';
import { testHistory } from './suites/history.ts';
import { testLedger } from './suites/ledger.ts';
import { testPaging } from './suites/paging.ts';
import { testRemoval } from './suites/removal.ts';
import { testSearch } from './suites/search.ts';
import { testStats } from './suites/stats.ts';

describe('a store in SQLite', () => {
  const open = sqliteStores(tempDir());

  testLedger(open, open, 8);
  testRemoval(open, open, 8);
  testBesideEvents(open, open);
  testEventLog(open, open, 5);
  testHistory(open, open, 3);
  testSearch(open, open, 10);
  testPaging(open, 50);
  testStats(open, open, 8);
});
