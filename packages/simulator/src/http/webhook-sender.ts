// Takes messages to somebody else's server. Nothing here waits for anything else: each message is a request of
// its own, so order is not promised, as it is not promised by the real clouds.

import { setMaxListeners } from 'node:events';
import { pause } from '../pause.ts';

/** The most requests of one call that may be under way; what comes on top is given up and counted as failed. */
export const MAX_IN_FLIGHT = 200;

/** How deliveries went so far. */
export interface DeliveryCounts {
  /** Messages, not requests: one that needed three requests is one. */
  sent: number;
  delivered: number;
  failed: number;
  /** Why the last one failed, in a few words. */
  lastFailure: string | null;
}

/** What one request carries. */
export interface RequestContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One thing to deliver. */
export interface Delivery extends RequestContent {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly timeoutMs: number;
  /** A pause before each further try; none means a single try. */
  readonly retryPausesMs?: readonly number[];
  /** Answers after which nothing is tried again. */
  readonly finalStatuses?: readonly number[];
  /** How long it is held back before the first try. */
  readonly delayMs?: number;
  /** What each try carries instead of `headers` and `body`, when that differs from try to try. */
  readonly prepare?: () => RequestContent;
}

/** What came back with a 2xx. */
export interface Delivered {
  readonly contentType: string;
  readonly text: string;
}

/** What came of a delivery whose answer matters. `failure` is set when there was no answer at all. */
export interface Outcome {
  readonly status: number | null;
  readonly text: string;
  readonly failure: 'timeout' | 'unreachable' | 'too many under way' | null;
}

/** Delivers, and counts. Closing it gives up what is under way. */
export interface WebhookSender {
  readonly counts: Readonly<DeliveryCounts>;
  /** Never rejects: a message that could not be delivered gives undefined. */
  deliver(delivery: Delivery): Promise<Delivered | undefined>;
  /** Never rejects; gives the answer whatever its status is. */
  request(delivery: Delivery): Promise<Outcome>;
  /** Settles when nothing is under way. */
  drained(): Promise<void>;
  close(): void;
}

interface Reply extends Outcome {
  readonly contentType: string;
}

const NO_REPLY = { status: null, text: '', contentType: '' } as const;

/** One for each call. */
export function createWebhookSender(): WebhookSender {
  const counts: DeliveryCounts = { sent: 0, delivered: 0, failed: 0, lastFailure: null };
  const closing = new AbortController();
  setMaxListeners(MAX_IN_FLIGHT * 2, closing.signal);
  const inFlight = new Set<Promise<unknown>>();

  const attempt = async (delivery: Delivery): Promise<Reply> => {
    const { url, method = 'POST', timeoutMs, prepare } = delivery;
    const { headers, body } = prepare === undefined ? delivery : prepare();
    // A timer of its own: on Node 20 a timeout that only `AbortSignal.any` knows can be collected before it fires.
    const aborter = new AbortController();
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      aborter.abort();
    }, timeoutMs);
    const abort = (): void => aborter.abort();
    if (closing.signal.aborted) abort();
    closing.signal.addEventListener('abort', abort);
    try {
      const response = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: aborter.signal,
      });
      const contentType = response.headers.get('content-type') ?? '';
      return { status: response.status, contentType, text: await response.text(), failure: null };
    } catch {
      return { ...NO_REPLY, failure: isTimedOut ? 'timeout' : 'unreachable' };
    } finally {
      clearTimeout(timer);
      closing.signal.removeEventListener('abort', abort);
    }
  };

  const run = async (delivery: Delivery): Promise<Reply> => {
    if (delivery.delayMs !== undefined) await pause(delivery.delayMs, closing.signal);
    let reply = await attempt(delivery);
    for (const pauseMs of delivery.retryPausesMs ?? []) {
      const isFinal = reply.status !== null && delivery.finalStatuses?.includes(reply.status) === true;
      if (isDelivered(reply) || isFinal || closing.signal.aborted) break;
      await pause(pauseMs, closing.signal);
      reply = await attempt(delivery);
    }
    return reply;
  };

  const enqueue = async (delivery: Delivery): Promise<Reply> => {
    counts.sent += 1;
    const isFull = inFlight.size >= MAX_IN_FLIGHT;
    const result = isFull
      ? Promise.resolve<Reply>({ ...NO_REPLY, failure: 'too many under way' })
      : run(delivery);
    if (!isFull) inFlight.add(result);
    const reply = await result;
    inFlight.delete(result);
    if (isDelivered(reply)) {
      counts.delivered += 1;
    } else {
      counts.failed += 1;
      counts.lastFailure = reply.failure ?? `HTTP ${reply.status}`;
    }
    return reply;
  };

  return {
    counts,
    async deliver(delivery) {
      const reply = await enqueue(delivery);
      return isDelivered(reply) ? { contentType: reply.contentType, text: reply.text } : undefined;
    },
    async request(delivery) {
      const { status, text, failure } = await enqueue(delivery);
      return { status, text, failure };
    },
    async drained() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
    close() {
      closing.abort();
    },
  };
}

function isDelivered({ status }: Reply): boolean {
  return status !== null && status >= 200 && status < 300;
}
