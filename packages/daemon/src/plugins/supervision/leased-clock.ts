/** The clock as an instance of a plugin sees it: what it schedules ends with its lease, and may throw. */
import type { Clock } from '@sidetone/core';
import type { Lease } from './lease.ts';

export function leaseClock(clock: Clock, lease: Lease): Clock {
  function schedule(delayMs: number, task: () => void): () => void {
    const cancel = clock.schedule(delayMs, () => {
      forget();
      lease.run('a timer', task);
    });
    const forget = lease.hold(cancel);
    return () => {
      forget();
      cancel();
    };
  }

  return {
    now: () => clock.now(),
    schedule,
    // Never settles once the lease is over: whoever polls in a loop is not woken to find that nothing is allowed.
    delay: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = (): void => {
          cancel();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const cancel = schedule(delayMs, done);
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
}
