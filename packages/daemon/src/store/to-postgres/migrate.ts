/**
 * Moves a database from a SQLite file to PostgreSQL: rows, totals, positions, then a comparison of both. It can be interrupted
 * anywhere and continues after the last batch. The event log keeps its id, epochs and positions, so cursors stay valid.
 */
import type { PostgresOptions } from '../postgres/connection/options.ts';
import { copyTables } from './copy-tables.ts';
import { moveMeta } from './meta-rows.ts';
import { openSource, type Source } from './source.ts';
import { COPIED_TABLES, POSTGRES_TABLES } from './tables.ts';
import { Target } from './target.ts';
import { addUpTotals, pauseTriggers } from './totals.ts';
import { verifyMigration, type MigrationReport } from './verify.ts';

/** What follows the tables. */
const TOTALS = 'totals';
const META = 'positions';
const VERIFICATION = 'verification';
const FINISHED = 'finished';

export interface MigrationEvents {
  /** The rows of the file, and those that an interrupted run has stored. */
  readonly onStart?: (total: number, stored: number) => void;
  /** Rows were stored. */
  readonly onRows?: (table: string, rows: number) => void;
  readonly onStep?: (step: string) => void;
  /** Rows were read for the comparison, on either side. */
  readonly onVerified?: (table: string, rows: number) => void;
}

export interface MigrationOptions extends MigrationEvents {
  /** The database file. */
  readonly from: string;
  readonly to: PostgresOptions;
  /** Deletes what an unfinished migration has stored, and begins again. */
  readonly restarts?: boolean;
  readonly signal?: AbortSignal;
  /** Most rows of a batch. */
  readonly batchRows?: number;
  /** The time, epoch ms. */
  readonly now: () => number;
}

/**
 * Returns the comparison. The migration is finished if it is verified; until then no daemon starts with the database.
 * @throws {FaultError} of kind store, MIGRATION_…, or CONFIG_INVALID; or the reason of the signal.
 */
export async function migrateToPostgres(options: MigrationOptions): Promise<MigrationReport> {
  return withBoth(options, async (source, target) => {
    await copy(source, target, options);
    const { signal, onVerified, now } = options;
    options.onStep?.(VERIFICATION);
    const report = await verifyMigration(source, target.session, {
      signal,
      ...(onVerified && { onRows: onVerified }),
    });
    if (report.isVerified) await target.advance({ step: FINISHED, finishedAt: now() });
    return report;
  });
}

/** Compares only. A daemon that has used the database since differs. @throws as {@link migrateToPostgres}. */
export const verifyOnly = (options: MigrationOptions): Promise<MigrationReport> =>
  withBoth(
    options,
    (source, target) =>
      verifyMigration(source, target.session, {
        signal: options.signal,
        ...(options.onVerified && { onRows: options.onVerified }),
      }),
    { isReading: true },
  );

async function withBoth<Result>(
  { from, to }: MigrationOptions,
  task: (source: Source, target: Target) => Promise<Result>,
  access: { readonly isReading?: boolean } = {},
): Promise<Result> {
  const source = openSource(from, { isExclusive: true });
  try {
    const target = await Target.open(to, access);
    try {
      return await task(source, target);
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

async function copy(source: Source, target: Target, options: MigrationOptions): Promise<void> {
  const { signal, restarts = false, onStart, onRows, onStep } = options;
  const progress = await target.begin(source.identity, COPIED_TABLES[0]!.name, restarts);
  onStart?.(...(await countRows(source, target)));
  if (COPIED_TABLES.some(({ name }) => name === progress.step)) {
    await pauseTriggers(target.session);
    await copyTables(source, target, COPIED_TABLES, progress, {
      nextStep: TOTALS,
      signal,
      batchRows: options.batchRows,
      onRows: ({ name }, rows) => onRows?.(name, rows),
    });
  }
  if (target.step === TOTALS) {
    onStep?.(TOTALS);
    await target.advance({ step: META }, addUpTotals);
  }
  if (target.step === META) {
    onStep?.(META);
    await target.advance({ step: VERIFICATION }, async (queries) => {
      await moveMeta(queries, source);
      await queries.run({ text: `analyze ${POSTGRES_TABLES.join(', ')}` });
    });
  }
  signal?.throwIfAborted();
}

async function countRows(source: Source, { session }: Target): Promise<[total: number, stored: number]> {
  const total = COPIED_TABLES.reduce((sum, table) => sum + source.count(table), 0);
  const counts = COPIED_TABLES.map(({ name }) => `(select count(*) from ${name})`);
  const [row] = await session.rows<{ n: number }>({ text: `select ${counts.join(' + ')} as n` });
  return [total, row!.n];
}
