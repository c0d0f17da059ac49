/** Reads and verifies the audit log of a database file, which it never changes; the daemon may be running. */
import { existsSync } from 'node:fs';
import { FaultError } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { callDigest, decodeLink, hashOf, HEAD, START, TAIL, type AuditRow, type Link } from './log.ts';
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

export interface AuditVerification {
  readonly intact: boolean;
  /** The first entry that was changed or is missing. */
  readonly brokenAt?: number;
  readonly entries: number;
  /** Sequence number and hash of the last entry. Kept elsewhere, it shows later that nothing before it was changed. */
  readonly head: Link;
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
  const readLink = (key: string): Link | undefined => decodeLink(readMeta.get(key));

  return {
    *entries(filter = {}) {
      const matches = matcherOf(filter);
      for (const row of rows.iterate()) if (matches(row)) yield print(row);
    },
    verify() {
      const tail = readLink(TAIL) ?? START;
      const head = readLink(HEAD) ?? START;
      let last = tail;
      let checkpoint: Link | undefined;
      for (const row of rows.iterate()) {
        const isNext = row.seq === last.seq + 1 && row.hash === hashOf(row, last.hash);
        if (!isNext) return { intact: false, brokenAt: last.seq + 1, entries: last.seq - tail.seq, head };
        last = row;
        if (row.action === 'AUDIT_EXPIRED') checkpoint = JSON.parse(row.details ?? '{}') as Link;
      }
      // Earlier releases deleted entries without an entry about it.
      if (checkpoint && !isSame(checkpoint, tail))
        return { intact: false, brokenAt: tail.seq, entries: last.seq - tail.seq, head };
      const intact = isSame(last, head);
      return {
        intact,
        ...(!intact && { brokenAt: last.seq + 1 }),
        entries: last.seq - tail.seq,
        head,
      };
    },
    close: () => sqlite.close(),
  };
}

const isSame = (one: Link, other: Link): boolean => one.seq === other.seq && one.hash === other.hash;

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
