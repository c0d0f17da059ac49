/** The one socket of the page: every subscription runs over it, and it comes back by itself. */
import { createClient, type Client, type SubscribePayload } from 'graphql-ws';
import { step, type Link, type ConnectionEvent, type ConnectionState } from './connection.ts';
import { resumable, type Sink } from './resume.ts';

export interface Socket {
  readonly link: Link;
  /** Subscribes until the function that comes back is called; after a drop it goes on behind its last cursor. */
  subscribe(payload: SubscribePayload, sink: Sink): () => void;
  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void;
  close(): void;
}

/** A socket on which nothing is heard for this long is taken for dead: ping, and the time for its answer. */
const PING_MS = 5000;
const PONG_WITHIN_MS = 4000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
/** The close code of a wrong or missing token. */
const FORBIDDEN = 4403;

/** @param onCursorInvalid is called when a cursor is of another database: what the page shows has to begin anew. */
export function createSocket(url: string, token: string | undefined, onCursorInvalid: () => void): Socket {
  let state: ConnectionState = { status: 'connecting', since: Date.now() };
  const listeners = new Set<() => void>();
  let nudge = (): void => undefined;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;

  function happened(event: ConnectionEvent): void {
    const next = step(state, event, Date.now());
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function untilRetry(retries: number): Promise<void> {
    const longest = Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS);
    return new Promise((resolve) => {
      // Not all pages of a daemon that restarts come back at the same moment.
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      nudge = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const client: Client = createClient({
    url,
    lazy: false,
    onNonLazyError: () => happened('refused'),
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
    keepAlive: PING_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: untilRetry,
    shouldRetry: (reason) => (reason as CloseEvent).code !== FORBIDDEN,
    on: {
      connected: () => happened('connected'),
      closed: () => {
        clearTimeout(pongTimer);
        happened('closed');
        if (!navigator.onLine) happened('network-lost');
      },
      ping(isReceived) {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (isReceived) => isReceived && clearTimeout(pongTimer),
    },
  });

  const lostNetwork = (): void => client.terminate();
  const foundNetwork = (): void => {
    happened('network-back');
    nudge();
  };
  window.addEventListener('offline', lostNetwork);
  window.addEventListener('online', foundNetwork);

  return {
    link: {
      state: () => state,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    subscribe(payload, sink) {
      const { payload: resumed, sink: noting } = resumable(payload, sink);
      return client.subscribe(resumed, {
        ...noting,
        error(error) {
          if (isCursorInvalid(error)) onCursorInvalid();
          else noting.error(error);
        },
      });
    },
    retryNow: () => nudge(),
    close() {
      window.removeEventListener('offline', lostNetwork);
      window.removeEventListener('online', foundNetwork);
      void client.dispose();
    },
  };
}

/** Whether the daemon does not know our cursor: its database is another one now. */
function isCursorInvalid(error: unknown): boolean {
  const errors = Array.isArray(error) ? (error as { extensions?: { code?: unknown } }[]) : [];
  return errors.some(({ extensions }) => extensions?.code === 'CURSOR_INVALID');
}
