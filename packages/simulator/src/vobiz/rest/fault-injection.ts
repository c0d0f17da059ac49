// Faults of REST: delays, error statuses, errors with status 200, and broken connections.

import { randomUUID } from 'node:crypto';
import type { HttpReply } from '../../http/http-request.ts';
import type { VobizRestBehaviour } from '../behaviour.ts';

const MIN_STATUS = 200;
const RETRY_AFTER_S = 1;

/** Injects faults between a request and its response. */
interface RestFaults {
  /** Returns the response with faults. `answer` executes the request and returns the correct response. */
  apply(answer: () => HttpReply): HttpReply;
  /** Resets the counter of rejected requests. */
  reset(): void;
}

/** Creates the faults of one cloud. */
export function createRestFaults(behaviour: () => VobizRestBehaviour): RestFaults {
  let limitedCount = 0;

  const injectedReply = (): HttpReply | undefined => {
    const { restRateLimited, restStatus, restErrorInside } = behaviour();
    if (limitedCount < restRateLimited) {
      limitedCount += 1;
      return rateLimited(limitedCount);
    }
    if (restStatus >= MIN_STATUS)
      return { status: restStatus, body: { api_id: randomUUID(), error: 'simulated failure' } };
    return restErrorInside ? { status: 200, body: { api_id: randomUUID(), error: 'failed' } } : undefined;
  };

  return {
    apply(answer) {
      const { restDelayMs, restDrop } = behaviour();
      if (restDrop === 'before') return { status: 500, drop: true };
      const reply = injectedReply() ?? answer();
      if (restDrop === 'after') return { ...reply, drop: true };
      return restDelayMs > 0 ? { ...reply, delayMs: restDelayMs } : reply;
    },
    reset() {
      limitedCount = 0;
    },
  };
}

function rateLimited(current: number): HttpReply {
  return {
    status: 429,
    body: {
      status: 'error',
      error: {
        code: 'RATE_LIMIT_EXCEEDED',
        message: 'Too many requests',
        details: { limitType: 'requests', limit: 0, current, retryAfter: RETRY_AFTER_S },
      },
      timestamp: new Date().toISOString(),
      requestId: randomUUID(),
    },
  };
}
