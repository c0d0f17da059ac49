/** Runs tasks with a deadline. */
import type { Clock, FaultError } from '@sidetone/core';

export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Creates the error after `timeoutMs`; errors are expensive, and most tasks need none. */
  readonly timeoutError: () => FaultError;
  /** Cancels the task when it aborts. */
  readonly signal: AbortSignal;
  /** Creates the error when `signal` aborts first. */
  readonly abortError: () => FaultError;
}

/**
 * Runs a task with a signal that aborts after `timeoutMs`, or with `signal`. Rejects at that moment, even if the task ignores
 * its signal. A task that throws synchronously rejects too.
 */
export async function withDeadline<Value>(
  { clock, timeoutMs, timeoutError, signal, abortError }: Deadline,
  task: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  if (signal.aborted) throw abortError();
  const controller = new AbortController();
  let release = (): void => undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const cancelTask = (error: FaultError): void => {
      reject(error);
      controller.abort(error);
    };
    const onAbort = (): void => cancelTask(abortError());
    const cancelTimer = clock.schedule(timeoutMs, () => cancelTask(timeoutError()));
    signal.addEventListener('abort', onAbort, { once: true });
    release = () => {
      cancelTimer();
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([task(controller.signal), deadline]);
  } finally {
    release();
  }
}
