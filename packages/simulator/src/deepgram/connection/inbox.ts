// What a client has sent, in order. Audio that comes faster than it is processed waits here, and so does what was said
// after it.

import type { DeepgramTimingBehaviour } from '../behaviour.ts';
import type { ClientMessage } from './client-message.ts';

/** What came over a socket. */
export type Incoming =
  | { readonly kind: 'audio'; readonly bytes: Buffer; readonly seconds: number }
  | { readonly kind: 'message'; readonly message: ClientMessage };

/** How much may wait; at 50 messages a second that is more than a quarter of an hour. */
export const MAX_WAITING = 50_000;

/** Takes what comes. Whoever creates it closes it. */
export interface Inbox {
  /** False: too much waits already. */
  add(arrival: Incoming): boolean;
  close(): void;
}

/** `handle` is given one after the other. `dials` are asked for each time, because they may change. */
export function createInbox(
  behaviour: () => Pick<DeepgramTimingBehaviour, 'throttle' | 'throttleBurstMs'>,
  handle: (arrival: Incoming) => void,
): Inbox {
  let queue: Incoming[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** When everything that was processed would have been heard at the fastest pace. */
  let busyUntil = 0;

  const process = (): void => {
    timer = undefined;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const { throttle, throttleBurstMs } = behaviour();
      if (next.kind === 'audio' && throttle > 0) {
        const now = performance.now();
        const ahead = busyUntil - now - throttleBurstMs;
        if (ahead > 0) {
          timer = setTimeout(process, ahead);
          return;
        }
        busyUntil = Math.max(busyUntil, now) + (next.seconds * 1000) / throttle;
      }
      queue.shift();
      handle(next);
    }
  };

  return {
    add(arrival) {
      if (queue.length >= MAX_WAITING) return false;
      queue.push(arrival);
      if (timer === undefined && queue.length === 1) process();
      return true;
    },
    close() {
      clearTimeout(timer);
      queue = [];
    },
  };
}
