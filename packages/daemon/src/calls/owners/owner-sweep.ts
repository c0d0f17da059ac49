/** Deletes the owners of calls that nodes have left behind: their calls have ended, and the nodes are no members any longer. */
import { messageOf, type Clock, type Logger } from '@sidetone/core';
import type { Duties } from '../../duties/duties.ts';

/** How often they are looked for, ms. */
export const OWNER_SWEEP_MS = 60_000;
/** Rows that are deleted with one statement. */
export const OWNERS_PER_STEP = 1000;

export interface OwnerSweepDeps {
  /** Deletes rows, up to a limit, and returns how many. */
  readonly claims: { sweep(limit: number): Promise<number> };
  readonly duties: Duties;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Returns what stops it: it resolves when no statement runs any longer. */
export function startOwnerSweep({ claims, duties, clock, log }: OwnerSweepDeps): () => Promise<void> {
  const stopping = new AbortController();
  let cancel = (): void => undefined;
  let running = Promise.resolve();

  const sweepAll = async (): Promise<void> => {
    while (!stopping.signal.aborted && (await claims.sweep(OWNERS_PER_STEP)) === OWNERS_PER_STEP);
  };
  /** Never rejects. */
  const sweep = async (): Promise<void> => {
    try {
      await duties.run('owners', sweepAll);
    } catch (error) {
      log.warn('deleting the owners of ended calls failed, retrying', { reason: messageOf(error) });
    }
    if (!stopping.signal.aborted) schedule();
  };
  const schedule = (): void => {
    cancel = clock.schedule(OWNER_SWEEP_MS, () => void (running = sweep()));
  };
  schedule();
  return async () => {
    stopping.abort();
    cancel();
    await running;
  };
}
