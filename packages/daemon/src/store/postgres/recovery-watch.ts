/**
 * Notices when a database that failed can be written again although no event arrives: a small write is tried until it works.
 * That the server is lost is noticed by the heartbeat of the daemon.
 */
import type { Clock } from '@sidetone/core';
import type { StoreHealth } from '../store-health.ts';
import type { Session } from './connection/session.ts';

/** How often it is looked whether the database has failed, and whether it works again, ms. */
export const RECOVERY_CHECK_MS = 1000;

export interface RecoveryWatchDeps {
  readonly session: Pick<Session, 'run'>;
  readonly health: Pick<StoreHealth, 'failure'>;
  readonly clock: Pick<Clock, 'schedule'>;
}

export class RecoveryWatch {
  readonly #deps: RecoveryWatchDeps;
  #isStopped = false;
  #cancel = (): void => undefined;

  constructor(deps: RecoveryWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#cancel = this.#deps.clock.schedule(RECOVERY_CHECK_MS, () => void this.#look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { session, health } = this.#deps;
    const { failure } = health;
    // A daemon that was excluded must not write, and only a restart helps.
    if (failure && failure.code !== 'NODE_FENCED') {
      try {
        await session.run({ text: 'update log_head set position = position' });
      } catch {
        // The session has reported it.
      }
    }
    if (!this.#isStopped) this.start();
  }
}
