/** The store as the daemon opens it: what it reports, and the order in which it is closed. */
import { isFault } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test, vi } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { openPostgres } from '../../src/store/postgres/open-postgres.ts';
import { CONCURRENT_QUERIES } from '../../src/store/postgres/history/history.ts';
import { NO_COUNTRIES } from '../../src/calls/numbers/countries.ts';
import { createTestLog } from '../support/silent-log.ts';
import { createDatabase, hasServer } from './support/database.ts';

describe.skipIf(!hasServer)('the store of a daemon on PostgreSQL', () => {
  test('counts queries that wait, and rejects them when it is closed, before its connections are', async () => {
    const url = await createDatabase();
    const { log } = createTestLog();
    const store = await openPostgresStore(
      { url },
      {
        countries: NO_COUNTRIES,
        clock: createFakeClock(),
        log,
        node: 'ada',
        version: '1.0.0',
        isCluster: false,
        onFenced: () => undefined,
      },
    );
    const other = await openPostgres({ url });
    const codes: string[] = [];
    let closing: Promise<void> = Promise.resolve();
    await other.session.transaction(async (queries) => {
      await queries.run({ text: 'lock table calls in access exclusive mode' });
      const count = CONCURRENT_QUERIES.LONG + CONCURRENT_QUERIES.QUICK + 3;
      for (let i = 0; i < count; i++)
        store.history
          .countCalls({})
          .catch((error: unknown) => void codes.push(isFault(error) ? error.code : String(error)));
      await vi.waitFor(() => expect(store.waitingQueries()).toBeGreaterThanOrEqual(3));
      closing = store.close();
      await vi.waitFor(() => expect(codes).toHaveLength(count));
    });
    expect(new Set(codes)).toEqual(new Set(['DAEMON_DRAINING']));
    expect(store.waitingQueries()).toBe(0);
    await closing;
    await other.close();
  });
});
