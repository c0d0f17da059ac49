/**
 * Looks after the database while the daemon runs: every minute, whether its path still leads to the file that is open, and
 * after the start and then every day, whether the file is damaged.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { Ownership } from '../opening/ownership.ts';
import type { StoreHealth } from '../store-health.ts';
import { runCheck, type CheckResult, type RunCheck } from './run-check.ts';

/** How often the identity of the file is checked, ms. */
export const FILE_CHECK_MS = 60_000;
/** Delay of the first integrity check after the start, ms. */
export const FIRST_INTEGRITY_CHECK_MS = 30_000;
/** Time between integrity checks, ms. */
export const INTEGRITY_CHECK_MS = 24 * 60 * 60_000;

export interface StoreWatchDeps {
  /** The database file. */
  readonly path: string;
  readonly ownership: Pick<Ownership, 'checkFile'>;
  readonly health: Pick<StoreHealth, 'lost' | 'checked'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: in a process of its own. */
  readonly check?: RunCheck;
}

export class StoreWatch {
  readonly #deps: StoreWatchDeps;
  readonly #stopping = new AbortController();
  #cancelFileCheck = (): void => undefined;
  #cancelIntegrityCheck = (): void => undefined;

  constructor(deps: StoreWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#scheduleFileCheck();
    this.#scheduleIntegrityCheck(FIRST_INTEGRITY_CHECK_MS);
  }

  stop(): void {
    this.#cancelFileCheck();
    this.#cancelIntegrityCheck();
    this.#stopping.abort();
  }

  #scheduleFileCheck(): void {
    const { clock, ownership, health } = this.#deps;
    this.#cancelFileCheck = clock.schedule(FILE_CHECK_MS, () => {
      const failure = ownership.checkFile();
      // The file that is open has no name any longer: only a restart can help.
      if (failure) health.lost(failure);
      else this.#scheduleFileCheck();
    });
  }

  #scheduleIntegrityCheck(delayMs: number): void {
    this.#cancelIntegrityCheck = this.#deps.clock.schedule(delayMs, () => void this.#checkIntegrity());
  }

  /** Never rejects. */
  async #checkIntegrity(): Promise<void> {
    const { path, log, health, check = runCheck } = this.#deps;
    const { signal } = this.#stopping;
    try {
      const result = await check(path, signal);
      if (signal.aborted) return;
      this.#report(result, health);
    } catch (error) {
      if (signal.aborted) return;
      log.warn('integrity check failed', { reason: messageOf(error) });
    }
    this.#scheduleIntegrityCheck(INTEGRITY_CHECK_MS);
  }

  #report({ problems, code, reason }: CheckResult, health: Pick<StoreHealth, 'checked'>): void {
    const { log, path } = this.#deps;
    if (problems) {
      const message = `${path}: the integrity check found ${problems.length} problems, the first one in ${problems[0]}`;
      return health.checked(problems.length > 0 ? new FaultError('STORE_DAMAGED', message) : undefined);
    }
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code ?? ''))
      return health.checked(new FaultError('STORE_DAMAGED', `${path}: ${reason} (${code})`));
    log.warn('integrity check failed', { code, reason });
  }
}
