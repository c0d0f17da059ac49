// Takes messages to somebody else's server. Nothing here waits for anything else: each message is a request of
// its own, so order is not promised, as it is not promised by the real clouds.

import { pause } from '../pause.ts';

/** The most requests of one call that may be under way; what comes on top is given up and counted as failed. */
export const MAX_UNDER_WAY = 200;

/** How deliveries went so far. */
export interface DeliveryCounts {
  /** Messages, not requests: one that needed three requests is one. */
  sent: number;
  delivered: number;
  failed: number;
  /** Why the last one failed, in a few words. */
  lastFailure: string | null;
}

/** One thing to deliver. */
export interface Delivery {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** A pause before each further try; none means a single try. */
  readonly retryPausesMs?: readonly number[];
}

/** What came back with a 2xx. */
export interface Delivered {
  readonly contentType: string;
  readonly text: string;
}

/** Delivers, and counts. Closing it gives up what is under way. */
export interface Courier {
  readonly counts: Readonly<DeliveryCounts>;
  /** Never rejects: a message that could not be delivered gives undefined. */
  deliver(delivery: Delivery): Promise<Delivered | undefined>;
  /** Settles when nothing is under way. */
  drained(): Promise<void>;
  close(): void;
}

/** One for each call. */
export function createCourier(): Courier {
  const counts: DeliveryCounts = { sent: 0, delivered: 0, failed: 0, lastFailure: null };
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  const attempt = async ({
    url,
    method = 'POST',
    headers,
    body,
    timeoutMs,
  }: Delivery): Promise<Delivered | string> => {
    try {
      const response = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]),
      });
      const text = await response.text();
      if (!response.ok) return `HTTP ${response.status}`;
      return { contentType: response.headers.get('content-type') ?? '', text };
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'unreachable';
    }
  };

  const run = async (delivery: Delivery): Promise<Delivered | undefined> => {
    let outcome = await attempt(delivery);
    for (const pauseMs of delivery.retryPausesMs ?? []) {
      if (typeof outcome !== 'string' || closing.signal.aborted) break;
      await pause(pauseMs, closing.signal);
      outcome = await attempt(delivery);
    }
    if (typeof outcome !== 'string') {
      counts.delivered += 1;
      return outcome;
    }
    counts.failed += 1;
    counts.lastFailure = outcome;
    return undefined;
  };

  return {
    counts,
    async deliver(delivery) {
      counts.sent += 1;
      if (underWay.size >= MAX_UNDER_WAY) {
        counts.failed += 1;
        counts.lastFailure = 'too many under way';
        return undefined;
      }
      const running = run(delivery);
      underWay.add(running);
      try {
        return await running;
      } finally {
        underWay.delete(running);
      }
    },
    async drained() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close() {
      closing.abort();
    },
  };
}
