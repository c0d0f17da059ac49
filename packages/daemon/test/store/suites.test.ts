/** The suites of the store on SQLite. `test/postgres/store.test.ts` runs them on PostgreSQL. */
import { describe } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { sqliteStores } from './suites/engine.ts';
import { testLedger } from './suites/ledger.ts';

describe('a store in SQLite', () => {
  const open = sqliteStores(tempDir());

  testLedger(open, open, 8);
});
