/** The store, which is opened before everything else, and its parts. */
import { Filling } from '../calls/filling.ts';
import { openSqlite, type StoreDeps } from '../store/open-sqlite.ts';
import type { Store } from '../store/store.ts';
import type { Config } from '../config/schema.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

/** Opens the store that the configuration selects. @throws {FaultError} of kind store or config. */
export async function openStore({ storage }: Pick<Config, 'storage'>, deps: StoreDeps): Promise<Store> {
  return openSqlite(storage, deps);
}

export function registerStore(register: Register, { store, clock, log }: Environment): void {
  register(tokens.STORE, () => store);
  register(tokens.LEDGER, () => store.ledger);
  register(tokens.CALL_READS, () => store.reads);
  register(tokens.EVENT_LOG, () => store.eventLog);
  register(tokens.HISTORY, () => store.history);
  register(tokens.AUDIT_LOG, () => store.audit);
  register(tokens.STATE_STORE, () => store.state);
  register(tokens.STORE_HEALTH, () => store.health);
  register(tokens.FILLING, () => new Filling({ ledger: store.ledger, clock, log: log('store') }));
}
