// What a socket has to say, a while after it could. The order stays, whatever becomes of the delay meanwhile.

/** What waits to be done. Whoever creates it closes it. */
export interface Outbox {
  /** Done when the delay that applies now is over, and everything before it is done. */
  put(action: () => void): void;
  close(): void;
}

/** `delayMs` is asked for with each action. */
export function createOutbox(delayMs: () => number): Outbox {
  let waiting: { readonly at: number; readonly action: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const work = (): void => {
    timer = undefined;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const left = next.at - performance.now();
      if (left > 0) {
        timer = setTimeout(work, left);
        return;
      }
      waiting.shift();
      next.action();
    }
  };

  return {
    put(action) {
      waiting.push({ at: performance.now() + delayMs(), action });
      if (timer === undefined && waiting.length === 1) work();
    },
    close() {
      clearTimeout(timer);
      waiting = [];
    },
  };
}
