// What a client has sent, in order. Audio that comes faster than it is processed waits here, and so does what was said
// after it.

import type { DeepgramPaceDials } from '../behaviour.ts';
import type { ClientMessage } from './client-message.ts';

/** What came over a socket. */
export type Arrival =
  | { readonly kind: 'audio'; readonly bytes: Buffer; readonly seconds: number }
  | { readonly kind: 'message'; readonly message: ClientMessage };

/** How much may wait; at 50 messages a second that is more than a quarter of an hour. */
export const MAX_WAITING = 50_000;

/** Takes what comes. Whoever creates it closes it. */
export interface Inbox {
  /** False: too much waits already. */
  put(arrival: Arrival): boolean;
  close(): void;
}

/** `handle` is given one after the other. `dials` are asked for each time, because they may change. */
export function createInbox(
  dials: () => Pick<DeepgramPaceDials, 'throttle' | 'throttleBurstMs'>,
  handle: (arrival: Arrival) => void,
): Inbox {
  let waiting: Arrival[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** When everything that was processed would have been heard at the fastest pace. */
  let busyUntil = 0;

  const work = (): void => {
    timer = undefined;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const { throttle, throttleBurstMs } = dials();
      if (next.kind === 'audio' && throttle > 0) {
        const now = performance.now();
        const ahead = busyUntil - now - throttleBurstMs;
        if (ahead > 0) {
          timer = setTimeout(work, ahead);
          return;
        }
        busyUntil = Math.max(busyUntil, now) + (next.seconds * 1000) / throttle;
      }
      waiting.shift();
      handle(next);
    }
  };

  return {
    put(arrival) {
      if (waiting.length >= MAX_WAITING) return false;
      waiting.push(arrival);
      if (timer === undefined && waiting.length === 1) work();
      return true;
    },
    close() {
      clearTimeout(timer);
      waiting = [];
    },
  };
}
