/** Copies the tables in batches. While PostgreSQL stores a batch, the next one is read. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MigrationProgress } from './progress-row.ts';
import type { Source, SourceRow } from './source.ts';
import type { MovedTable } from './tables.ts';
import type { Target } from './target.ts';

/** Most rows of a batch, and the number of characters after which it ends. */
export const BATCH_ROWS = 5000;
export const BATCH_CHARACTERS = 2_000_000;

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives the number of rows that were stored. */
  readonly onRows?: (moved: MovedTable, rows: number) => void;
  /** The step after the last table. */
  readonly nextStep: string;
  /** {@link BATCH_ROWS} by default. */
  readonly batchRows?: number | undefined;
}

/** Copies the tables from the one of the progress on. @throws the reason of the signal between two batches. */
export async function copyTables(
  source: Source,
  target: Target,
  tables: readonly MovedTable[],
  { step, last }: Pick<MigrationProgress, 'step' | 'last'>,
  options: CopyOptions,
): Promise<void> {
  const first = tables.findIndex(({ name }) => name === step);
  if (first === -1) return;
  for (const [index, moved] of tables.entries()) {
    if (index < first) continue;
    const after = index === first ? (last ?? undefined) : undefined;
    await copyTable(source, target, moved, after, options);
    await target.advance({ step: tables[index + 1]?.name ?? options.nextStep });
  }
}

async function copyTable(
  source: Source,
  target: Target,
  moved: MovedTable,
  after: MigrationProgress['last'] | undefined,
  { signal, onRows, batchRows }: CopyOptions,
): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  try {
    for (const batch of batchesOf(source.rows(moved, after ?? undefined), batchRows)) {
      await writing;
      signal?.throwIfAborted();
      writing = target.write(moved, batch).then(() => onRows?.(moved, batch.length));
      // The next batch is read after this one was sent.
      writing.catch(() => undefined);
      await nextTurn();
    }
  } finally {
    await writing;
  }
}

/** Groups rows. */
export function* batchesOf(
  rows: Iterable<SourceRow>,
  maxRows = BATCH_ROWS,
  maxCharacters = BATCH_CHARACTERS,
): Generator<readonly SourceRow[]> {
  let batch: SourceRow[] = [];
  let characters = 0;
  for (const row of rows) {
    batch.push(row);
    for (const value of row.values) characters += value?.length ?? 0;
    if (batch.length < maxRows && characters < maxCharacters) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
