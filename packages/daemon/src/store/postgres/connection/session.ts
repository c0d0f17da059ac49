/**
 * Runs statements. Writing ones run one after another, each in a transaction of its own or in a common one; all errors become
 * faults of kind store, or errors without the data that caused them.
 */
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { StoreHealth } from '../../store-health.ts';
import type { StoreOperation } from '../../store-failure.ts';
import { isAnswer, postgresFailure, withoutData } from './failure.ts';
import type { Pools } from './pools.ts';

export interface Statement {
  readonly text: string;
  /** In the order of `$1`, `$2`. None allows several statements in one text. */
  readonly values?: readonly unknown[];
  /** Prepares the statement under this name, which must be the same for the same text. */
  readonly name?: string;
}

export interface Queries {
  /** Runs a statement and returns its rows. */
  rows<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]>;
  /** Runs a statement and returns the number of rows that it changed. */
  run(statement: Statement): Promise<number>;
}

export class Session implements Queries {
  readonly #pools: Pools;
  readonly #health: Pick<StoreHealth, 'lost' | 'written'>;
  /** The last transaction, successful or not. */
  #last: Promise<unknown> = Promise.resolve();
  #roundTrips = 0;
  /** The epoch of this node: what only a member of the database may write carries it. Undefined until it has joined. */
  epoch: number | undefined;

  constructor(pools: Pools, health: Pick<StoreHealth, 'lost' | 'written'>) {
    this.#pools = pools;
    this.#health = health;
  }

  /** Statements sent for writing, with the beginnings and ends of transactions. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  get server(): string {
    return this.#pools.server;
  }

  /** Runs a reading statement on any connection. @throws {FaultError} of kind store. */
  async rows<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    const result = await this.#guard('read', () => this.#pools.reading.query<Row>(queryOf(statement)));
    return result.rows;
  }

  /** Runs a writing statement that needs no other one. @throws {FaultError} of kind store. */
  run = async (statement: Statement): Promise<number> => (await this.write(statement)).rowCount ?? 0;

  /** The same, and returns rows. */
  write<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>> {
    return this.#inOrder(async () => {
      this.#roundTrips += 1;
      const result = await this.#pools.writing.query<Row>(queryOf(statement));
      return result;
    });
  }

  /**
   * Runs statements in one transaction: all are executed, or none. The task also receives the rows of `first`.
   * @param first a statement without values that is sent with `begin`, such as one that takes a lock.
   * @throws {FaultError} of kind store.
   */
  transaction<Result>(
    task: (queries: Queries, first: readonly QueryResultRow[]) => Promise<Result>,
    first = 'select 1',
  ): Promise<Result> {
    return this.#inOrder(async () => {
      const client = await this.#pools.writing.connect();
      let isBroken = false;
      const send = async <Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>> => {
        this.#roundTrips += 1;
        try {
          return await client.query<Row>(queryOf(statement));
        } catch (error) {
          isBroken ||= !isAnswer(error);
          throw error;
        }
      };
      try {
        const begun: unknown = await send({ text: `begin; ${first}` });
        const queries: Queries = {
          rows: async <Row extends QueryResultRow>(statement: Statement) => (await send<Row>(statement)).rows,
          run: async (statement) => (await send(statement)).rowCount ?? 0,
        };
        // One result for each statement; the last one is that of `first`.
        const result = await task(queries, (begun as readonly QueryResult[]).at(-1)?.rows ?? []);
        await send({ text: 'commit' });
        client.release();
        return result;
      } catch (error) {
        if (isBroken) client.release(true);
        else await rollBack(client);
        throw error;
      }
    });
  }

  #inOrder<Result>(task: () => Promise<Result>): Promise<Result> {
    const run = async (): Promise<Result> => {
      const result = await this.#guard('write', task);
      this.#health.written();
      return result;
    };
    const result = this.#last.then(run, run);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #guard<Result>(operation: StoreOperation, task: () => Promise<Result>): Promise<Result> {
    try {
      return await task();
    } catch (error) {
      const failure = postgresFailure(error, operation, this.#pools.server);
      if (failure) this.#health.lost(failure);
      throw failure ?? withoutData(error);
    }
  }
}

/** A connection whose rollback fails is closed; the server then rolls back. */
async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    client.release();
  } catch (error) {
    client.release(error instanceof Error ? error : true);
  }
}

export const queryOf = ({ text, values = [], name }: Statement) => ({
  text,
  ...(values.length > 0 && { values: [...values] }),
  ...(name !== undefined && { name }),
});
