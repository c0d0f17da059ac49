// The queue of delayed messages. Their order stays the same when the delay changes.

/** The queue of one socket. The caller closes it. */
interface Outbox {
  /** Queues an action. It runs after the current delay and after all previous actions. */
  add(action: () => void): void;
  close(): void;
}

/** Creates a queue. `delayMs` is called for each action. */
export function createOutbox(delayMs: () => number): Outbox {
  let queue: { readonly at: number; readonly action: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const process = (): void => {
    timer = undefined;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const left = next.at - performance.now();
      if (left > 0) {
        timer = setTimeout(process, left);
        return;
      }
      queue.shift();
      next.action();
    }
  };

  return {
    add(action) {
      queue.push({ at: performance.now() + delayMs(), action });
      if (timer === undefined && queue.length === 1) process();
    },
    close() {
      clearTimeout(timer);
      queue = [];
    },
  };
}
