// Sends webhooks. Each message is a separate request and none waits for another, so order is not guaranteed, as with
// the real clouds.

import { setMaxListeners } from 'node:events';
import { pause } from '../pause.ts';

/** The most requests of one call in flight; further ones fail immediately. */
export const MAX_IN_FLIGHT = 200;

/** Statistics of deliveries. */
export interface DeliveryCounts {
  /** Counts messages, not requests: a retried message counts once. */
  sent: number;
  delivered: number;
  failed: number;
  /** A short text about the last failure. */
  lastFailure: string | null;
}

/** The content of one request. */
interface RequestContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One message to deliver. */
export interface Delivery extends RequestContent {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly timeoutMs: number;
  /** The pause before each retry; without it there are no retries. */
  readonly retryPausesMs?: readonly number[];
  /** Statuses that are not retried. */
  readonly finalStatuses?: readonly number[];
  /** The delay before the first attempt. */
  readonly delayMs?: number;
  /** Returns the content of each attempt; replaces `headers` and `body`. */
  readonly prepare?: () => RequestContent;
}

/** The body of a response with a 2xx status. */
export interface Delivered {
  readonly contentType: string;
  readonly text: string;
}

/** The response to a request. `failure` is set if there was none. */
export interface Outcome {
  readonly status: number | null;
  readonly text: string;
  readonly failure: 'timeout' | 'unreachable' | 'too many in flight' | null;
}

/** Sends and counts messages. `close` aborts those in flight. */
export interface WebhookSender {
  readonly counts: Readonly<DeliveryCounts>;
  /** Sends a message, with retries. Never rejects; resolves with undefined if the delivery failed. */
  deliver(delivery: Delivery): Promise<Delivered | undefined>;
  /** Sends a message and resolves with the response, whatever its status. Never rejects. */
  request(delivery: Delivery): Promise<Outcome>;
  /** Resolves when no message is in flight. */
  drained(): Promise<void>;
  close(): void;
}

interface Reply extends Outcome {
  readonly contentType: string;
}

const NO_REPLY = { status: null, text: '', contentType: '' } as const;

/** Creates the sender of one call. */
export function createWebhookSender(): WebhookSender {
  const counts: DeliveryCounts = { sent: 0, delivered: 0, failed: 0, lastFailure: null };
  const closing = new AbortController();
  setMaxListeners(MAX_IN_FLIGHT * 2, closing.signal);
  const inFlight = new Set<Promise<unknown>>();

  const attempt = async (delivery: Delivery): Promise<Reply> => {
    const { url, method = 'POST', timeoutMs, prepare } = delivery;
    const { headers, body } = prepare === undefined ? delivery : prepare();
    // `AbortSignal.any` is not used: on Node 20, a timeout signal that only it references can be garbage-collected.
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
      ? Promise.resolve<Reply>({ ...NO_REPLY, failure: 'too many in flight' })
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
