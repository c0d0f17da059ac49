/**
 * Estimates how long a migration takes and how much space it needs: stores some rows of each table in a transaction that is
 * rolled back, reads them again, and measures both. A daemon may be using the file.
 */
import { statSync } from 'node:fs';
import { createPools } from '../postgres/connection/pools.ts';
import type { PostgresOptions } from '../postgres/connection/options.ts';
import { Session, type Queries } from '../postgres/connection/session.ts';
import { POSTGRES_MIGRATIONS } from '../postgres/open-postgres.ts';
import { requireServer } from '../postgres/opening/server.ts';
import { applyPending } from '../postgres/opening/migrate.ts';
import { StoreHealth } from '../store-health.ts';
import { batchesOf } from './copy-tables.ts';
import { encodeRows, insertion } from './insertion.ts';
import { readProgress, type MigrationProgress } from './progress-row.ts';
import { openSource, type Source } from './source.ts';
import { digestStored } from './stored-tables.ts';
import { TableDigest } from './table-digest.ts';
import { COPIED_TABLES, type MovedTable } from './tables.ts';
import { empty, expectEmpty, expectSame, notEmpty } from './target-state.ts';

/** Batches of each table that are stored for the measurement. */
const SAMPLE_BATCHES = 4;

export interface TableEstimate {
  readonly table: string;
  readonly rows: number;
  /** In PostgreSQL, with its indexes. */
  readonly bytes: number;
  /** To copy it and to compare it. */
  readonly ms: number;
}

export interface Estimate {
  readonly tables: readonly TableEstimate[];
  /** The size of the file. */
  readonly sourceBytes: number;
  readonly rows: number;
  readonly bytes: number;
  readonly ms: number;
  /** The step at which an interrupted migration continues. */
  readonly continuesAt?: string;
}

export interface EstimateOptions {
  readonly from: string;
  readonly to: PostgresOptions;
  readonly signal?: AbortSignal;
  readonly onTable?: (table: string) => void;
}

/** Changes nothing. @throws {FaultError} what the migration would throw, or the reason of the signal. */
export async function estimateMigration({ from, to, signal, onTable }: EstimateOptions): Promise<Estimate> {
  const source = openSource(from, { isExclusive: false });
  const pools = await createPools(to);
  const session = new Session(pools, new StoreHealth());
  const tables: TableEstimate[] = [];
  let found: MigrationProgress | undefined;
  try {
    await requireServer(session, session.server);
    await session.transaction(async (queries) => {
      await applyPending(queries, POSTGRES_MIGRATIONS, session.server);
      found = await expectReady(queries, source, session.server);
      await empty(queries);
      await queries.run({ text: 'alter table calls disable trigger user' });
      for (const moved of COPIED_TABLES) {
        signal?.throwIfAborted();
        onTable?.(moved.name);
        tables.push(await measure(source, queries, moved));
      }
      await queries.run({ text: 'rollback' });
    });
  } finally {
    source.close();
    await pools.close();
  }
  const sum = (name: 'rows' | 'bytes' | 'ms'): number =>
    tables.reduce((total, table) => total + table[name], 0);
  return {
    tables,
    sourceBytes: statSync(from).size,
    rows: sum('rows'),
    bytes: sum('bytes'),
    ms: sum('ms'),
    ...(found && { continuesAt: found.step }),
  };
}

async function expectReady(
  queries: Queries,
  source: Source,
  server: string,
): Promise<MigrationProgress | undefined> {
  const found = await readProgress(queries);
  if (found?.finishedAt !== undefined) throw notEmpty(server, 'a migration to it has finished');
  if (found) expectSame(found.source, source.identity, server);
  else await expectEmpty(queries, server);
  return found;
}

async function measure(source: Source, queries: Queries, moved: MovedTable): Promise<TableEstimate> {
  const rows = source.count(moved);
  const started = performance.now();
  const digest = new TableDigest();
  for (const batch of sampleOf(source, moved)) {
    for (const { values } of batch) digest.add(values);
    await queries.run({ text: insertion(moved), values: [encodeRows(moved, batch)] });
  }
  await digestStored(queries, moved);
  const ms = performance.now() - started;
  const [size] = await queries.rows<{ bytes: number }>({
    text: 'select pg_total_relation_size($1) as bytes',
    values: [moved.name],
  });
  const factor = rows / Math.max(digest.rows, 1);
  return { table: moved.name, rows, bytes: Math.round(size!.bytes * factor), ms: Math.round(ms * factor) };
}

function* sampleOf(source: Source, moved: MovedTable): ReturnType<typeof batchesOf> {
  let left = SAMPLE_BATCHES;
  for (const batch of batchesOf(source.rows(moved))) {
    yield batch;
    if (--left === 0) return;
  }
}
