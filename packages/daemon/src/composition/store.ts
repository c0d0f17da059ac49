/** The store, which is opened before everything else, and its parts. */
import { hostname } from 'node:os';
import { Filling } from '../calls/filling.ts';
import { HeldDuties } from '../duties/held-duties.ts';
import { openSqlite, type StoreDeps } from '../store/open-sqlite.ts';
import type { PostgresDeps } from '../store/postgres/store.ts';
import type { Store } from '../store/store.ts';
import type { Config } from '../config/schema.ts';
import { postgresOptions } from '../config/storage.ts';
import * as tokens from '../tokens.ts';
import { dutiesOf, type Environment, type Register } from './registration.ts';

export type OpeningDeps = StoreDeps & Pick<PostgresDeps, 'version' | 'onFenced'>;

/** Opens the store that the configuration selects. @throws {FaultError} of kind store or config. */
export async function openStore(
  { storage, cluster }: Pick<Config, 'storage' | 'cluster'>,
  deps: OpeningDeps,
): Promise<Store> {
  if (storage.kind === 'sqlite') return openSqlite(storage, deps);
  const { openPostgresStore } = await import('../store/postgres/store.ts');
  const node = cluster?.node ?? hostname();
  return openPostgresStore(postgresOptions(storage), { ...deps, node, isCluster: cluster !== undefined });
}

export function registerStore(register: Register, { store, clock, log }: Environment): void {
  const leases = store.member?.duties;
  register(tokens.DUTIES, () => ({
    active: leases && new HeldDuties({ leases, clock, log: log('cluster') }),
  }));
  register(tokens.STORE, () => store);
  register(tokens.LEDGER, () => store.ledger);
  register(tokens.CALL_READS, () => store.reads);
  register(tokens.EVENT_LOG, () => store.eventLog);
  register(tokens.HISTORY, () => store.history);
  register(tokens.AUDIT_LOG, () => store.audit);
  register(tokens.STATE_STORE, () => store.state);
  register(tokens.STORE_HEALTH, () => store.health);
  register(
    tokens.FILLING,
    (get) => new Filling({ ledger: store.ledger, ...dutiesOf(get), clock, log: log('store') }),
  );
}
