/** Retries a write while another program holds the write lock of the database, without blocking the event loop. */
import { isFault, type Clock } from '@sidetone/core';
import { backOffMs } from '@sidetone/plugin-kit';
import type { NowOrLater } from '../now-or-later.ts';

/** Delay before a write that found the database locked is retried. */
export const BUSY_RETRY = { firstMs: 20, maxMs: 250 } as const;
/** How long writes outside of the commit queue are retried, ms. */
export const BUSY_PATIENCE_MS = 5000;

export const isBusy = (error: unknown): boolean => isFault(error) && error.code === 'STORE_BUSY';

/** @throws what the task throws; STORE_BUSY if the database stays locked for {@link BUSY_PATIENCE_MS}. */
export async function retryWhileBusy<Result>(
  clock: Pick<Clock, 'delay'>,
  task: () => NowOrLater<Result>,
): Promise<Result> {
  let waitedMs = 0;
  for (let failures = 1; ; failures++) {
    try {
      const result = task();
      return result instanceof Promise ? await result : result;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= BUSY_PATIENCE_MS) throw error;
    }
    const delayMs = backOffMs(BUSY_RETRY, failures);
    waitedMs += delayMs;
    await clock.delay(delayMs);
  }
}
