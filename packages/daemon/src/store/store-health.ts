/**
 * Whether events can be stored now. Every access of the writer connection reports to it; readiness depends on it. Logs one
 * line when the store fails and one when it works again.
 */
import type { FaultError, Logger } from '@sidetone/core';
import type { Db } from './db.ts';
import { storeFailure } from './store-failure.ts';

export class StoreHealth {
  readonly #log: Pick<Logger, 'error' | 'info'> | undefined;
  readonly #assertOwned: () => void;
  /** Failure of the last access; cleared by a successful write. */
  #failure: FaultError | undefined;
  /** Damage of the file; cleared by a check that finds none. */
  #damage: FaultError | undefined;
  #failures = 0;

  /** @param assertOwned is called in every transaction, and throws if another daemon owns the database. */
  constructor(log?: Pick<Logger, 'error' | 'info'>, assertOwned = (): void => undefined) {
    this.#log = log;
    this.#assertOwned = assertOwned;
  }

  /** Why events cannot be stored, or why the file is not trusted; undefined if the store works. */
  get failure(): FaultError | undefined {
    return this.#damage ?? this.#failure;
  }

  /** Number of failed accesses since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** Runs a query. @throws {FaultError} of kind store if the store fails. */
  read<Result>(task: () => Result): Result {
    try {
      return task();
    } catch (error) {
      throw this.#report(storeFailure(error, 'read')) ?? error;
    }
  }

  /** Runs `task` in a transaction. @throws {FaultError} of kind store if the store fails; nothing is written then. */
  write<Result>(db: Db, task: () => Result): Result {
    try {
      // Left by a transaction whose rollback failed too.
      if (db.$client.inTransaction) db.$client.exec('rollback');
      const run = (): Result => {
        this.#assertOwned();
        return task();
      };
      const result = db.$client.transaction(run).immediate();
      this.written();
      return result;
    } catch (error) {
      throw this.#report(storeFailure(error, 'write')) ?? error;
    }
  }

  /** Reports that the database cannot be used now. */
  lost(failure: FaultError): void {
    this.#report(failure);
  }

  /** Reports that a transaction was committed. */
  written(): void {
    if (!this.#failure) return;
    const before = this.failure;
    this.#failure = undefined;
    this.#logRecovery(before);
  }

  /** Reports the result of a check of the file. */
  checked(damage: FaultError | undefined): void {
    const before = this.failure;
    this.#damage = damage;
    if (damage) this.#logFailure(damage, before);
    else this.#logRecovery(before);
  }

  #report(failure: FaultError | undefined): FaultError | undefined {
    if (!failure) return undefined;
    this.#failures++;
    const before = this.failure;
    this.#failure = failure;
    if (failure.code === 'STORE_DAMAGED') this.#damage = failure;
    this.#logFailure(failure, before);
    return failure;
  }

  #logFailure({ code, message, remedy }: FaultError, before: FaultError | undefined): void {
    if (before?.code === code) return;
    this.#log?.error('database failed', { code, reason: message, remedy });
  }

  #logRecovery(before: FaultError | undefined): void {
    if (before && !this.failure) this.#log?.info('database works again', { code: before.code });
  }
}
