/** The WebSocket of the page. It carries all subscriptions and reconnects automatically. */
import { createClient, type Client, type SubscribePayload } from 'graphql-ws';
import { nextState, type Connection, type ConnectionEvent, type ConnectionState } from './connection.ts';
import { resumable, type Sink } from './resume.ts';

export interface Socket {
  readonly connection: Connection;
  /** Subscribes, resuming after a disconnect from the last cursor. Returns a function that unsubscribes. */
  subscribe(payload: SubscribePayload, sink: Sink): () => void;
  /** Reconnects now instead of waiting for the next attempt. */
  retryNow(): void;
  close(): void;
}

/** The interval of pings, and the timeout of the pong after which the socket is closed as dead. */
const PING_MS = 5000;
const PONG_TIMEOUT_MS = 4000;
const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8000;
/** The close code for an invalid or missing token. */
const FORBIDDEN = 4403;

/** @param onCursorInvalid called when the daemon rejects a cursor because its database was replaced. */
export function createSocket(url: string, token: string | undefined, onCursorInvalid: () => void): Socket {
  let state: ConnectionState = { status: 'connecting', since: Date.now() };
  const listeners = new Set<() => void>();
  let retryNow = (): void => undefined;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;

  function dispatch(event: ConnectionEvent): void {
    const next = nextState(state, event, Date.now());
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function backOff(retries: number): Promise<void> {
    const delayMs = Math.min(MIN_BACKOFF_MS * 2 ** retries, MAX_BACKOFF_MS);
    return new Promise((resolve) => {
      // Jitter: after a restart of the daemon, its pages must not all reconnect at once.
      const timer = setTimeout(resolve, delayMs * (0.5 + Math.random() / 2));
      retryNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const client: Client = createClient({
    url,
    lazy: false,
    onNonLazyError: () => dispatch('refused'),
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
    keepAlive: PING_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: backOff,
    shouldRetry: (reason) => (reason as CloseEvent).code !== FORBIDDEN,
    on: {
      connected: () => dispatch('connected'),
      closed: () => {
        clearTimeout(pongTimer);
        dispatch('closed');
        if (!navigator.onLine) dispatch('network-lost');
      },
      ping(isReceived) {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), PONG_TIMEOUT_MS);
      },
      pong: (isReceived) => isReceived && clearTimeout(pongTimer),
    },
  });

  const onOffline = (): void => client.terminate();
  const onOnline = (): void => {
    dispatch('network-back');
    retryNow();
  };
  window.addEventListener('offline', onOffline);
  window.addEventListener('online', onOnline);

  return {
    connection: {
      state: () => state,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    subscribe(payload, sink) {
      const resumed = resumable(payload, sink);
      return client.subscribe(resumed.payload, {
        ...resumed.sink,
        error(error) {
          if (isCursorInvalid(error)) onCursorInvalid();
          else resumed.sink.error(error);
        },
      });
    },
    retryNow: () => retryNow(),
    close() {
      window.removeEventListener('offline', onOffline);
      window.removeEventListener('online', onOnline);
      void client.dispose();
    },
  };
}

/** The codes with which the daemon rejects a cursor. */
const CURSOR_CODES: readonly unknown[] = ['CURSOR_INVALID', 'CURSOR_LOG_REPLACED'];

/** Whether the daemon rejected the cursor. */
function isCursorInvalid(error: unknown): boolean {
  const errors = Array.isArray(error) ? (error as { extensions?: { code?: unknown } }[]) : [];
  return errors.some(({ extensions }) => CURSOR_CODES.includes(extensions?.code));
}
