/** The file that moves: opened for reading, in one snapshot, while no daemon uses it. */
import { existsSync } from 'node:fs';
import { FaultError, isFault } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import type { AuditVerification } from '../audit/chain-check.ts';
import { createAuditReader } from '../audit/reader.ts';
import { decodeLink, HEAD as AUDIT_HEAD } from '../audit/log.ts';
import { readState } from '../backup/database-copy.ts';
import { MIGRATIONS } from '../database.ts';
import { inspect, lock, resolveDatabasePath } from '../opening/database-file.ts';
import { needsMigration } from '../opening/migrate.ts';
import { rejectRunningOwner } from '../opening/ownership.ts';
import { openFailure } from '../store-failure.ts';
import { isChanged, storedValue, type SqliteValue, type StoredValue } from './stored-values.ts';
import type { MovedTable } from './tables.ts';

/** Differs if anything was written to the file: a start of the daemon begins an epoch, and tokens are in the audit log. */
export interface SourceIdentity {
  readonly logId: string;
  readonly epoch: string | null;
  /** Of the newest event. */
  readonly position: number;
  readonly auditHead: string;
}

export interface SourceRow {
  readonly key: Key;
  readonly values: readonly StoredValue[];
  /** Whether PostgreSQL stores other values than the file. */
  readonly isChanged: boolean;
}

/** The values of a primary key. */
export type Key = readonly (string | number)[];

export interface Source {
  readonly path: string;
  readonly identity: SourceIdentity;
  readonly meta: ReadonlyMap<string, string>;
  /** Whether all ended calls are in the totals of the file. */
  readonly hasTotals: boolean;
  /** The number of rows, or more if some rows of a derived table do not exist. */
  count(table: MovedTable): number;
  /** Yields the rows after a key, in the order of the primary key. No other method may be called before it ends. */
  rows(table: MovedTable, after?: Key): Generator<SourceRow>;
  verifyAudit(): AuditVerification;
  close(): void;
}

/**
 * @param isExclusive keeps daemons from starting with the file until it is closed
 * @throws {FaultError} MIGRATION_SOURCE_OUTDATED, or of kind store: STORE_IN_USE if a daemon runs.
 */
export function openSource(path: string, { isExclusive }: { readonly isExclusive: boolean }): Source {
  let unlock = (): void => undefined;
  let sqlite: Sqlite.Database | undefined;
  try {
    if (!existsSync(path)) throw new FaultError('STORE_UNREADABLE', `${path}: does not exist`);
    const file = resolveDatabasePath(path);
    inspect(file, MIGRATIONS);
    if (isExclusive) unlock = lock(file);
    sqlite = new Sqlite(file, { readonly: true, fileMustExist: true });
    if (isExclusive) rejectRunningOwner(sqlite, file);
    expectCurrent(sqlite, path);
    // One snapshot for all statements.
    sqlite.exec('begin');
    return createSource(sqlite, path, unlock);
  } catch (error) {
    sqlite?.close();
    unlock();
    throw inUse(path, error) ?? openFailure(path, error);
  }
}

function inUse(path: string, error: unknown): FaultError | undefined {
  if (!isFault(error) || error.code !== 'STORE_IN_USE') return undefined;
  const advice = 'stop it before its database moves, or rehearse with a copy that `sidetone backup` makes';
  return new FaultError('STORE_IN_USE', `${path}: a daemon is using it; ${advice}`, { cause: error });
}

function expectCurrent(sqlite: Sqlite.Database, path: string): void {
  const exists = sqlite.prepare(`select 1 from sqlite_schema where name = '__drizzle_migrations'`).get();
  if (exists && !needsMigration(sqlite, MIGRATIONS)) return;
  throw new FaultError('MIGRATION_SOURCE_OUTDATED', `${path}: has the tables of an earlier release`);
}

function createSource(sqlite: Sqlite.Database, path: string, unlock: () => void): Source {
  const meta = new Map(sqlite.prepare<[], [string, string]>('select key, value from meta').raw().all());
  // A release before the first entry about the last one had none.
  const auditHead = meta.get(AUDIT_HEAD) ?? lastAuditEntry(sqlite);
  if (auditHead !== undefined && decodeLink(auditHead)) meta.set(AUDIT_HEAD, auditHead);
  const { logId, epoch, position } = readState(sqlite);
  return {
    path,
    identity: { logId, epoch, position, auditHead: auditHead ?? '' },
    meta,
    hasTotals:
      sqlite
        .prepare<[number], number>('select count(*) from totals_progress where created_at = ?')
        .pluck()
        .get(Number.MIN_SAFE_INTEGER) === 1,
    count: ({ name, derivation }) =>
      sqlite
        .prepare<[], number>(`select count(*) from ${derivation?.from ?? name}`)
        .pluck()
        .get() ?? 0,
    rows: (table, after) => rowsOf(sqlite, table, after),
    verifyAudit: () => createAuditReader(sqlite).verify(),
    close() {
      sqlite.close();
      unlock();
    },
  };
}

const lastAuditEntry = (sqlite: Sqlite.Database): string | undefined =>
  sqlite
    .prepare<[], string>(`select seq || ' ' || hash from audit_log order by seq desc limit 1`)
    .pluck()
    .get();

function* rowsOf(
  sqlite: Sqlite.Database,
  { name, columns, key, derivation }: MovedTable,
  after: Key | undefined,
): Generator<SourceRow> {
  const keys = key.map((column) => `"${column.name}"`).join(', ');
  const where = after ? `where (${keys}) > (${after.map(() => '?').join(', ')})` : '';
  const names = (derivation?.columns ?? columns.map((column) => column.name)).map((each) => `"${each}"`);
  const indexes = key.map((column) => columns.indexOf(column));
  const statement = sqlite
    .prepare<(string | number)[], SqliteValue[]>(
      `select ${names.join(', ')} from ${derivation?.from ?? name} ${where} order by ${keys}`,
    )
    .raw();
  for (const found of statement.iterate(...(after ?? []))) {
    const row = derivation ? derivation.derive(found) : found;
    if (!row) continue;
    const values = columns.map(({ type }, i) => storedValue(type, row[i]!));
    yield {
      key: indexes.map((i) => row[i] as string | number),
      values,
      isChanged: columns.some(({ type }, i) => isChanged(type, row[i]!, values[i]!)),
    };
  }
}
