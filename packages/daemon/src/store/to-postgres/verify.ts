/** Compares the file with the database in PostgreSQL: rows and checksums of each table, which each side is read for. */
import { isDeepStrictEqual } from 'node:util';
import { verifyPostgresAudit } from '../postgres/audit/verify.ts';
import type { Queries } from '../postgres/connection/session.ts';
import { movedMeta } from './meta-rows.ts';
import type { Source } from './source.ts';
import { digestQuery, digestStored } from './stored-tables.ts';
import { TableDigest } from './table-digest.ts';
import { COMPUTED_TABLES, COPIED_TABLES, type MovedTable } from './tables.ts';
import { TOTALS } from './totals.ts';

type Reading = Pick<Queries, 'rows'>;

export interface TableCheck {
  readonly table: string;
  /** Rows of the file, and in PostgreSQL. */
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly sourceChecksum: string;
  readonly targetChecksum: string;
  /** Rows with characters or fractions that PostgreSQL cannot store, which were replaced or rounded. */
  readonly changedRows: number;
  readonly isEqual: boolean;
  /** What is compared instead of the table of the file. */
  readonly note?: string;
}

export interface MigrationReport {
  readonly isVerified: boolean;
  readonly tables: readonly TableCheck[];
  /** What else differs. */
  readonly problems: readonly string[];
  /** What the operator should know. */
  readonly notes: readonly string[];
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives the number of rows that were read, on either side. */
  readonly onRows?: (table: string, rows: number) => void;
}

/** @throws the reason of the signal, or of kind store. */
export async function verifyMigration(
  source: Source,
  queries: Reading,
  options: VerifyOptions = {},
): Promise<MigrationReport> {
  const tables: TableCheck[] = [];
  for (const moved of COPIED_TABLES) tables.push(await checkTable(source, queries, moved, options));
  const callsChanged = tables.some(({ table, changedRows }) => table === 'calls' && changedRows > 0);
  for (const moved of COMPUTED_TABLES)
    tables.push(await checkTotals(source, queries, moved, callsChanged || !source.hasTotals));
  const auditChanged = tables.some(({ table, changedRows }) => table === 'audit_log' && changedRows > 0);
  const { problems, notes } = await checkAudit(source, queries, auditChanged);
  const all = [...problems, ...(await metaProblems(source, queries)), ...(await triggerProblems(queries))];
  return {
    isVerified: all.length === 0 && tables.every(({ isEqual }) => isEqual),
    tables,
    problems: all,
    notes,
  };
}

async function checkTable(
  source: Source,
  queries: Reading,
  moved: MovedTable,
  { signal, onRows }: VerifyOptions,
): Promise<TableCheck> {
  const reader = { signal, onRows: (rows: number) => onRows?.(moved.name, rows) };
  const target = await digestStored(queries, moved, reader);
  const { digest, changedRows } = await digestSource(source, moved, reader);
  return compare(moved.name, digest, target, changedRows);
}

const ROWS_PER_TURN = 2000;

async function digestSource(
  source: Source,
  moved: MovedTable,
  { signal, onRows }: { readonly signal?: AbortSignal | undefined; readonly onRows: (rows: number) => void },
): Promise<{ digest: TableDigest; changedRows: number }> {
  const digest = new TableDigest();
  let changedRows = 0;
  for (const { values, isChanged } of source.rows(moved)) {
    digest.add(values);
    if (isChanged) changedRows += 1;
    if (digest.rows % ROWS_PER_TURN !== 0) continue;
    onRows(ROWS_PER_TURN);
    // A signal is received between turns.
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  onRows(digest.rows % ROWS_PER_TURN);
  return { digest, changedRows };
}

/** The totals of the file cannot be compared if they are incomplete, or if instants of calls were rounded. */
async function checkTotals(
  source: Source,
  queries: Reading,
  moved: MovedTable,
  isIncomparable: boolean,
): Promise<TableCheck> {
  const target = await digestStored(queries, moved);
  if (!isIncomparable) {
    const digest = new TableDigest();
    for (const { values } of source.rows(moved)) digest.add(values);
    return compare(moved.name, digest, target, 0);
  }
  const select = TOTALS[moved.name as keyof typeof TOTALS];
  const digest = await digestQuery(queries, moved.columns, select);
  return { ...compare(moved.name, digest, target, 0), note: 'compared with the calls in PostgreSQL' };
}

function compare(table: string, source: TableDigest, target: TableDigest, changedRows: number): TableCheck {
  return {
    table,
    sourceRows: source.rows,
    targetRows: target.rows,
    sourceChecksum: source.checksum,
    targetChecksum: target.checksum,
    changedRows,
    isEqual: source.rows === target.rows && source.checksum === target.checksum,
  };
}

/** The chain is as in the file: intact, or broken at the same entry. */
async function checkAudit(
  source: Source,
  queries: Reading,
  isChanged: boolean,
): Promise<Pick<MigrationReport, 'problems' | 'notes'>> {
  const [inFile, stored] = [source.verifyAudit(), await verifyPostgresAudit(queries)];
  const broken = `the chain of the audit log is broken at the entry ${stored.brokenAt}`;
  if (isDeepStrictEqual(inFile, stored))
    return { problems: [], notes: stored.intact ? [] : [`${broken}, as in the file`] };
  // The hash of an entry is that of its text in the file.
  if (isChanged) return { problems: [], notes: [`${broken}, where characters were replaced`] };
  return { problems: [stored.intact ? 'the audit log has another last entry' : broken], notes: [] };
}

async function metaProblems(source: Source, queries: Reading): Promise<readonly string[]> {
  const rows = await queries.rows<{ key: string; value: string }>({ text: 'select key, value from meta' });
  const stored = new Map(rows.map(({ key, value }) => [key, value]));
  // The values are secrets.
  const different = [...movedMeta(source)].filter(([key, value]) => stored.get(key) !== value);
  const [head] = await queries.rows<{ position: number }>({ text: 'select position from log_head' });
  const { position } = source.identity;
  return [
    ...different.map(([key]) => `meta: ${key} differs`),
    ...(head?.position === position ? [] : [`log_head: expected ${position}, found ${head?.position}`]),
  ];
}

async function triggerProblems(queries: Reading): Promise<readonly string[]> {
  const rows = await queries.rows<{ name: string }>({
    text: `select tgname as name from pg_trigger where tgrelid = 'calls'::regclass and not tgisinternal and tgenabled = 'D'`,
  });
  return rows.map(({ name }) => `the trigger ${name} is disabled`);
}
