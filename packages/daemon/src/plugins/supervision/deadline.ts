/** A wait with an end. */
import type { Clock, FaultError } from '@sidetone/core';

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** What it rejects with after `ms`. */
  readonly late: FaultError;
  /** Whoever waits: what is asked for is given up when it ends. */
  readonly life: AbortSignal;
  /** What it rejects with when `life` ends first. */
  readonly ended: FaultError;
}

/**
 * Runs a task with a signal that aborts after `ms`, or when `life` ends. It rejects then, whether the task minds the
 * signal or not. A task that throws at once rejects as well.
 */
export async function within<Value>(
  { clock, ms, late, life, ended }: Deadline,
  task: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  if (life.aborted) throw ended;
  const controller = new AbortController();
  let release = (): void => undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const giveUp = (fault: FaultError): void => {
      reject(fault);
      controller.abort(fault);
    };
    const end = (): void => giveUp(ended);
    const cancel = clock.schedule(ms, () => giveUp(late));
    life.addEventListener('abort', end, { once: true });
    release = () => {
      cancel();
      life.removeEventListener('abort', end);
    };
  });
  try {
    return await Promise.race([task(controller.signal), deadline]);
  } finally {
    release();
  }
}
