// The queue of received messages. Audio that arrives faster than it is processed waits here, and so do the messages
// after it.

import type { DeepgramTimingBehaviour } from '../behaviour.ts';
import type { ClientMessage } from './client-message.ts';

/** A received message, or audio. */
interface Arrival {
  readonly kind: 'audio' | 'message';
  /** The duration of audio. */
  readonly seconds?: number;
}

/** A received message. */
export type Incoming =
  | { readonly kind: 'audio'; readonly bytes: Buffer; readonly seconds: number }
  | { readonly kind: 'message'; readonly message: ClientMessage };

/** The size limit of the queue; at 50 messages a second, more than a quarter of an hour. */
export const MAX_WAITING = 50_000;

/** The queue of one socket. The caller closes it. */
interface Inbox<Kind extends Arrival> {
  /** Queues a message. Returns false if the queue is full. */
  add(arrival: Kind): boolean;
  close(): void;
}

/** Creates a queue that passes messages to `handle` in order. `behaviour` is read for each message. */
export function createInbox<Kind extends Arrival = Incoming>(
  behaviour: () => Pick<DeepgramTimingBehaviour, 'throttle' | 'throttleBurstMs'>,
  handle: (arrival: Kind) => void,
): Inbox<Kind> {
  let queue: Kind[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** When all processed audio would have been received at the fastest pace. */
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
        busyUntil = Math.max(busyUntil, now) + ((next.seconds ?? 0) * 1000) / throttle;
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
