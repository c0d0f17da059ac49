/**
 * A bounded queue of webhooks for the application. Webhooks of one call are sent in order, one at a time; calls take turns, so one
 * with many webhooks does not delay the others.
 */
import type { IngressRequest, ProviderCallId } from '@sidetone/core';

/** Bytes of queued webhooks. */
export const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Queued webhooks that are sent at once. */
const MAX_PARALLEL = 16;

interface ForwardQueueDeps {
  /** Queued webhooks, at most. */
  readonly limit: number;
  /** Sends a webhook. Must not reject. */
  readonly send: (request: IngressRequest, callId: ProviderCallId | undefined) => Promise<void>;
}

interface ForwardQueue {
  readonly isEmpty: boolean;
  /** Queues a copy of a webhook. Returns false if the queue is full. */
  push(request: IngressRequest, callId: ProviderCallId | undefined): boolean;
  /** Resolves when the queue is empty. */
  drained(): Promise<void>;
  /** Drops all queued webhooks. */
  clear(): void;
}

interface Entry {
  readonly request: IngressRequest;
  readonly callId: ProviderCallId | undefined;
}

export function createForwardQueue({ limit, send }: ForwardQueueDeps): ForwardQueue {
  /** Webhooks by call, in the order in which the calls take turns. */
  const queues = new Map<string, Entry[]>();
  /** Calls of which a webhook is being sent. */
  const busy = new Set<string>();
  let waiting = 0;
  let waitingBytes = 0;
  let isCleared = false;
  let onDrained = (): void => undefined;

  function sendNext(): void {
    for (const key of queues.keys()) {
      if (busy.size >= MAX_PARALLEL) return;
      if (!busy.has(key)) void sendFirst(key);
    }
    if (queues.size === 0) onDrained();
  }

  async function sendFirst(key: string): Promise<void> {
    const queue = queues.get(key)!;
    const { request, callId } = queue[0]!;
    busy.add(key);
    await send(request, callId);
    queue.shift();
    busy.delete(key);
    waiting--;
    waitingBytes -= request.body.length;
    queues.delete(key);
    if (queue.length > 0 && !isCleared) queues.set(key, queue);
    sendNext();
  }

  return {
    get isEmpty() {
      return queues.size === 0;
    },
    push(request, callId) {
      if (waiting >= limit || waitingBytes + request.body.length > MAX_WAITING_BYTES) return false;
      waiting++;
      waitingBytes += request.body.length;
      const key = callId ?? '';
      // The body may be reused once the request is answered.
      const entry = { request: { ...request, body: request.body.slice() }, callId };
      const queue = queues.get(key);
      if (queue) queue.push(entry);
      else queues.set(key, [entry]);
      sendNext();
      return true;
    },
    drained: () => new Promise((resolve) => (onDrained = resolve)),
    clear() {
      isCleared = true;
      queues.clear();
    },
  };
}
