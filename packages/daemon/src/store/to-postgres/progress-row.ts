/** How far a migration has come: a row of `meta` in PostgreSQL, which each batch changes in its own transaction. */
import { FaultError } from '@sidetone/core';
import type { Queries } from '../postgres/connection/session.ts';
import type { Key, SourceIdentity } from './source.ts';

/** The key in `meta`. */
export const MIGRATION = 'migration';

export interface MigrationProgress {
  /** The file, when the migration began. */
  readonly source: SourceIdentity;
  /** Random, of one run of the command. */
  readonly run: string;
  /** The table that is copied, or the step after all tables. */
  readonly step: string;
  /** The key of the last row of the table that is stored; null before the first one. */
  readonly last: Key | null;
  /** Epoch ms; absent until everything is stored and verified. */
  readonly finishedAt?: number;
}

/** Reads the row, and locks it until the end of the transaction if nothing else may change it meanwhile. */
export async function readProgress(
  queries: Pick<Queries, 'rows'>,
  lock: '' | 'for update' = '',
): Promise<MigrationProgress | undefined> {
  const [row] = await queries.rows<{ value: string }>({
    text: `select value from meta where key = $1 ${lock}`,
    values: [MIGRATION],
  });
  return row && (JSON.parse(row.value) as MigrationProgress);
}

/** Call it when a daemon starts. @throws {FaultError} MIGRATION_UNFINISHED */
export async function rejectUnfinished(queries: Pick<Queries, 'rows'>, server: string): Promise<void> {
  const progress = await readProgress(queries);
  if (progress && progress.finishedAt === undefined)
    throw new FaultError(
      'MIGRATION_UNFINISHED',
      `${server}: the migration from SQLite has not finished; it is at ${progress.step}`,
    );
}

/** Returns the statement that exchanges the text of the row. It changes nothing if another run has changed it. */
export const exchange = (next: string, current: string): string =>
  `update meta set value = ${next} where key = '${MIGRATION}' and value = ${current}`;
