/** A wait with an end. */
import type { FaultError } from '@sidetone/core';

/**
 * Runs a task with a signal that aborts after `ms`, and rejects with `late` then, whether the task minds the signal or
 * not. A task that throws at once rejects as well.
 */
export async function within<Value>(
  ms: number,
  late: FaultError,
  task: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(late);
      controller.abort(late);
    }, ms).unref();
  });
  try {
    return await Promise.race([task(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
