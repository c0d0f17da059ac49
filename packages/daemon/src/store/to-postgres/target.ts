/** The database in PostgreSQL that receives the rows. Each batch is one statement, which also notes how far the migration has come. */
import { randomUUID } from 'node:crypto';
import { FaultError } from '@sidetone/core';
import { lockHead } from '../postgres/connection/locks.ts';
import type { PostgresOptions } from '../postgres/connection/options.ts';
import { createPools } from '../postgres/connection/pools.ts';
import { Session, type Queries } from '../postgres/connection/session.ts';
import { POSTGRES_MIGRATIONS } from '../postgres/open-postgres.ts';
import { migratePostgres } from '../postgres/opening/migrate.ts';
import { StoreHealth } from '../store-health.ts';
import { encodeRows, insertion } from './insertion.ts';
import { exchange, MIGRATION, readProgress, type MigrationProgress } from './progress-row.ts';
import type { SourceIdentity, SourceRow } from './source.ts';
import type { MovedTable } from './tables.ts';
import { empty, expectEmpty, expectSame, expectUnused } from './target-state.ts';

/** How long a statement may take, ms: adding up the totals of all calls takes longest. */
const STATEMENT_MS = 60 * 60_000;

export class Target {
  readonly session: Session;
  readonly #close: () => Promise<void>;
  #progress: MigrationProgress | undefined;

  private constructor(session: Session, close: () => Promise<void>) {
    this.session = session;
    this.#close = close;
  }

  /**
   * Connects, and creates the tables.
   * @param isReading creates none
   * @throws {FaultError} of kind store, or CONFIG_INVALID.
   */
  static async open(options: PostgresOptions, { isReading = false } = {}): Promise<Target> {
    // A crash of the server loses the last batches together with the note about them.
    const common = { durability: 'normal', connections: 1, statementTimeoutMs: STATEMENT_MS } as const;
    const pools = await createPools({ ...options, ...common });
    const session = new Session(pools, new StoreHealth());
    try {
      if (!isReading) await migratePostgres(session, POSTGRES_MIGRATIONS);
      return new Target(session, () => pools.close());
    } catch (error) {
      await pools.close();
      throw error;
    }
  }

  /** Where the migration is. */
  get step(): string | undefined {
    return this.#progress?.step;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /**
   * Begins a migration, or continues one that was interrupted, also after its last step. Returns where.
   * @param restarts deletes what an unfinished migration has stored
   * @throws {FaultError} MIGRATION_TARGET_NOT_EMPTY or MIGRATION_SOURCE_CHANGED
   */
  async begin(source: SourceIdentity, firstStep: string, restarts: boolean): Promise<MigrationProgress> {
    const { server } = this.session;
    // A daemon that starts takes the same lock: either it finds the migration, or the migration finds it among the nodes.
    this.#progress = await this.session.transaction(async (queries) => {
      // Another run may be storing a batch.
      const found = await readProgress(queries, 'for update');
      if (found?.finishedAt !== undefined) await expectUnused(queries, server, restarts);
      if (!found) await expectEmpty(queries, server);
      else if (restarts) await empty(queries);
      else expectSame(found.source, source, server);
      const { step, last } = found && !restarts ? found : { step: firstStep, last: null };
      const progress = { source, run: randomUUID(), step, last };
      await queries.run({
        text: 'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
        values: [MIGRATION, JSON.stringify(progress)],
      });
      return progress;
    }, lockHead(undefined));
    return this.#progress;
  }

  /** Stores rows of a table and notes the last one: both, or nothing. @throws {FaultError} MIGRATION_RUNNING, or of kind store. */
  async write(moved: MovedTable, rows: readonly SourceRow[]): Promise<void> {
    const next = { ...this.#progress!, step: moved.name, last: rows.at(-1)!.key };
    const noted = `with noted as (${exchange('$2', '$3')} returning 1)`;
    const { rows: changes } = await this.session.write<{ n: number }>({
      name: `move_${moved.name}`,
      text: `${noted}, moved as (${insertion(moved, 'noted')}) select count(*) as n from noted`,
      values: [encodeRows(moved, rows), ...this.#exchange(next)],
    });
    this.#expectNoted(changes[0]!.n);
    this.#progress = next;
  }

  /** Runs the last part of a step in a transaction, which notes the next step. @throws as `write`. */
  async advance(
    next: Pick<MigrationProgress, 'step' | 'finishedAt'>,
    task: (queries: Queries) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    const progress = { ...this.#progress!, ...next, last: null };
    await this.session.transaction(async (queries) => {
      // The last transaction reaches the disk, and with it all before it.
      await queries.run({ text: 'set local synchronous_commit = on' });
      await task(queries);
      this.#expectNoted(await queries.run({ text: exchange('$1', '$2'), values: this.#exchange(progress) }));
    });
    this.#progress = progress;
  }

  /** The new and the old text of the row of the progress. */
  #exchange(next: MigrationProgress): readonly [next: string, current: string] {
    return [JSON.stringify(next), JSON.stringify(this.#progress)];
  }

  #expectNoted(changes: number): void {
    if (changes === 1) return;
    const message = `${this.session.server}: another run of the migration has begun`;
    throw new FaultError('MIGRATION_RUNNING', message);
  }
}
