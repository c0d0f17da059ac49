/** Reads and verifies the audit log of a database file, which it never changes; the daemon may be running. */
import { existsSync } from 'node:fs';
import { FaultError } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { ChainCheck, type AuditVerification } from './chain-check.ts';
import { callDigest, HEAD, TAIL, type AuditRow } from './log.ts';
import { actionsOf, type AuditFilter } from '../../history/audit-query.ts';
import { inspect } from '../opening/database-file.ts';
import { MIGRATIONS } from '../database.ts';
import { openFailure } from '../store-failure.ts';

/** An entry as it is printed. */
export interface PrintedAuditEntry {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly action: string;
  /** Digest of the id of the call. */
  readonly call?: string;
  readonly details?: unknown;
}

export interface AuditReader {
  /** Returns the entries that match, oldest first. */
  entries(filter?: AuditFilter): Generator<PrintedAuditEntry>;
  verify(): AuditVerification;
  close(): void;
}

/** @throws {FaultError} of kind store. */
export function openAuditReader(path: string): AuditReader {
  let sqlite: Sqlite.Database | undefined;
  try {
    if (!existsSync(path)) throw new FaultError('STORE_UNREADABLE', `${path}: does not exist`);
    inspect(path, MIGRATIONS);
    sqlite = new Sqlite(path, { readonly: true, fileMustExist: true });
    if (columnsOf(sqlite).length === 0)
      throw new FaultError('STORE_UNREADABLE', `${path}: has no audit log; an earlier release wrote it`);
    // One snapshot for all statements.
    sqlite.exec('begin');
    return createAuditReader(sqlite);
  } catch (error) {
    sqlite?.close();
    throw openFailure(path, error);
  }
}

/** Reads the log of an open database. */
export function createAuditReader(sqlite: Sqlite.Database): AuditReader {
  // The daemon adds the column to the file of an earlier release when it starts.
  const details = columnsOf(sqlite).includes('details') ? 'details' : 'null as details';
  const rows = sqlite.prepare<[], AuditRow>(
    `select seq, at, by_name as by, action, call_digest as call, ${details}, hash from audit_log order by seq`,
  );
  const readMeta = sqlite.prepare<[string], string>('select value from meta where key = ?').pluck();

  return {
    *entries(filter = {}) {
      const matches = matcherOf(filter);
      for (const row of rows.iterate()) if (matches(row)) yield print(row);
    },
    verify() {
      const check = new ChainCheck({ tail: readMeta.get(TAIL), head: readMeta.get(HEAD) });
      for (const row of rows.iterate()) if (!check.add(row)) break;
      return check.result();
    },
    close: () => sqlite.close(),
  };
}

const columnsOf = (sqlite: Sqlite.Database): readonly string[] =>
  (sqlite.pragma('table_info(audit_log)') as { name: string }[]).map(({ name }) => name);

/** The conditions are those of `auditLog` in the API; a file of an earlier release has no indexes for them. */
function matcherOf(filter: AuditFilter): (row: AuditRow) => boolean {
  const { since = -Infinity, until = Infinity, by, callId } = filter;
  const actions = actionsOf(filter);
  const call = callId === undefined ? undefined : callDigest(callId);
  return (row) =>
    row.at >= since &&
    row.at < until &&
    (by === undefined || by.includes(row.by)) &&
    (actions === undefined || actions.includes(row.action)) &&
    (call === undefined || row.call === call);
}

function print({ seq, at, by, action, call, details }: AuditRow): PrintedAuditEntry {
  return {
    seq,
    at: new Date(at).toISOString(),
    by,
    action,
    ...(call !== '' && { call }),
    ...(details !== null && { details: JSON.parse(details) as unknown }),
  };
}
