/** The database and everything that reads or writes it. */
import { Filling } from '../calls/filling.ts';
import { countriesOf } from '../calls/numbers/countries.ts';
import { createAuditLog } from '../store/audit/log.ts';
import { openDatabase } from '../store/database.ts';
import { createEventLog } from '../store/event-log.ts';
import { createHistory } from '../store/history/history.ts';
import { openQueryRunner } from '../store/history/query-runner.ts';
import { createLedger } from '../store/ledger.ts';
import { CopyRetention } from '../store/opening/migration-copies.ts';
import { createStateStore } from '../store/plugin-state.ts';
import { StoreHealth } from '../store/store-health.ts';
import { Checkpointer } from '../store/watch/checkpointer.ts';
import { LogMover } from '../store/watch/log-mover.ts';
import { logThreads } from '../store/watch/log-threads.ts';
import { StoreWatch } from '../store/watch/store-watch.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerStore(register: Register, { config, clock, log }: Environment): void {
  const { path, durability, migrationCopies } = config.storage;
  register(tokens.DATABASE, () =>
    openDatabase(path, durability, { copies: migrationCopies, log: log('store') }),
  );
  register(
    tokens.COPY_RETENTION,
    (get) => new CopyRetention(get(tokens.DATABASE).db.$client.name, clock, log('store')),
  );
  register(tokens.LEDGER, (get) => get(tokens.SQLITE_LEDGER));
  register(tokens.CALL_READS, (get) => get(tokens.SQLITE_LEDGER));
  register(tokens.SQLITE_LEDGER, (get) =>
    createLedger(get(tokens.DATABASE).db, get(tokens.STORE_HEALTH), countriesOf(config)),
  );
  register(tokens.FILLING, (get) => new Filling({ ledger: get(tokens.LEDGER), clock, log: log('store') }));
  register(
    tokens.STORE_HEALTH,
    (get) => new StoreHealth(log('store'), get(tokens.DATABASE).ownership.assert),
  );
  register(tokens.STORE_WATCH, (get) => {
    const { db, ownership } = get(tokens.DATABASE);
    const path = db.$client.name;
    return new StoreWatch({ path, ownership, health: get(tokens.STORE_HEALTH), clock, log: log('store') });
  });
  register(tokens.CHECKPOINTER, (get) => {
    const sqlite = get(tokens.DATABASE).db.$client;
    return new Checkpointer({ sqlite, clock, log: log('store') });
  });
  register(tokens.LOG_MOVER, (get) => {
    const sqlite = get(tokens.DATABASE).db.$client;
    const start = logThreads({ path: sqlite.name });
    return new LogMover({ sqlite, start, clock, log: log('store') });
  });
  register(tokens.EVENT_LOG, (get) => createEventLog(get(tokens.DATABASE)));
  register(tokens.QUERY_RUNNER, (get) =>
    openQueryRunner(get(tokens.DATABASE), { clock, log: log('history') }),
  );
  register(tokens.HISTORY, (get) => createHistory(get(tokens.QUERY_RUNNER).run));
  register(tokens.AUDIT_LOG, (get) => createAuditLog(get(tokens.DATABASE).db, get(tokens.STORE_HEALTH)));
  register(tokens.STATE_STORE, (get) => createStateStore(get(tokens.DATABASE).db, get(tokens.STORE_HEALTH)));
}
