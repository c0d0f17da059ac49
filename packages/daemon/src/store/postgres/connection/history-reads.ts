/**
 * Runs the statements of history on connections of their own: none waits in front of what decisions about calls read. A statement
 * that fails does not make the store unavailable, and one that takes too long is ended by the server.
 */
import { FaultError } from '@sidetone/core';
import type { QueryResultRow } from 'pg';
import { timedOut } from '../../history/query-queue.ts';
import { postgresFailure, withoutData } from './failure.ts';
import { STATEMENT_TIMEOUT_MS, type PostgresOptions } from './options.ts';
import type { Pools } from './pools.ts';
import { queryOf, type Queries, type Statement } from './session.ts';

/** What reads rows. */
export type Reads = Pick<Queries, 'rows'>;

export class HistoryReads implements Reads {
  readonly #pools: Pools;
  readonly #timeoutMs: number;

  constructor(pools: Pools, { statementTimeoutMs = STATEMENT_TIMEOUT_MS }: PostgresOptions) {
    this.#pools = pools;
    this.#timeoutMs = statementTimeoutMs;
  }

  /** @throws {FaultError} HISTORY_TIMEOUT, HISTORY_UNAVAILABLE. */
  async rows<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    try {
      return (await this.#pools.history.query<Row>(queryOf(statement))).rows;
    } catch (error) {
      const failure = postgresFailure(error, 'read', this.#pools.server);
      if (!failure) throw withoutData(error);
      if (failure.code === 'STORE_BUSY') throw timedOut('query timed out', this.#timeoutMs);
      const message = `the database cannot be read (${failure.code})`;
      throw new FaultError('HISTORY_UNAVAILABLE', message, { cause: failure });
    }
  }
}
