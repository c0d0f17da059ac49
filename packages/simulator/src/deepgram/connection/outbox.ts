// What a socket has to say, a while after it could. The order stays, whatever becomes of the delay meanwhile.

/** What waits to be done. Whoever creates it closes it. */
export interface Outbox {
  /** Done when the delay that applies now is over, and everything before it is done. */
  add(action: () => void): void;
  close(): void;
}

/** `delayMs` is asked for with each action. */
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
