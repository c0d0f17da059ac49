/** Waveforms are written beside the events of their call, which may be erased meanwhile. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { callIdOf, DraftMaker } from '../store/suites/drafts.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty, storeOn } from './support/store.ts';

const CALL = callIdOf('a');
const PIECE = { callId: CALL, party: 'CUSTOMER', piece: 1, peaks: new Uint8Array(3) } as const;

describe.skipIf(!hasServer)('waveforms in PostgreSQL', () => {
  let first: PostgresStore;
  let second: PostgresStore;
  let observer: PostgresStore;
  beforeAll(async () => {
    const url = await createDatabase();
    [first, second, observer] = await Promise.all([
      openPostgres({ url }),
      openPostgres({ url }),
      openPostgres({ url }),
    ]);
    afterAll(() => Promise.all([first, second, observer].map((store) => store.close())));
  });
  beforeEach(async () => {
    await empty(first);
    const maker = new DraftMaker();
    await storeOn(first).ledger.commit([
      maker.start('a'),
      maker.next('a', { type: 'CALL_ENDED', end: { category: 'BUSY' } }),
    ]);
  });

  /** Waits until so many statements wait for a lock. */
  const waiting = (count: number): Promise<void> =>
    vi.waitFor(
      async () => {
        const rows = await observer.session.rows({
          text: "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        });
        expect(rows).toHaveLength(count);
      },
      { timeout: 30_000, interval: 5 },
    );
  const stored = () => storeOn(observer).waveforms.list(CALL);

  test('are not stored for an erased call', async () => {
    await storeOn(first).ledger.erase(CALL, 1);
    await storeOn(first).waveforms.put([PIECE]);
    expect(await stored()).toEqual([]);
  });

  test('are not stored for a call whose erasure is being committed', async () => {
    let putting: Promise<unknown> = Promise.resolve();
    await second.session.transaction(async (queries) => {
      await queries.run({ text: 'delete from calls' });
      putting = Promise.resolve(storeOn(first).waveforms.put([PIECE]));
      await waiting(1);
    });
    await putting;
    expect(await stored()).toEqual([]);
  });

  test('are erased with their call if they are being stored', async () => {
    let tasks: Promise<unknown> = Promise.resolve();
    await observer.session.transaction(async (queries) => {
      // Holds the piece in the server.
      await queries.run({
        text: "insert into waveforms (call_id, party, piece, peaks) values ('call_a', 'CUSTOMER', 1, '')",
      });
      const putting = storeOn(first).waveforms.put([PIECE]);
      await waiting(1);
      const erasing = storeOn(second).ledger.erase(CALL, 1);
      await waiting(2);
      tasks = Promise.all([putting, erasing]);
      await queries.run({ text: 'delete from waveforms' });
    });
    await tasks;
    expect(await stored()).toEqual([]);
  });
});
