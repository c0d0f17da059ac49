/** A stock graphql-ws client that follows the whole log, as the guide says, and connects to another node now and then. */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { onEnd } from '../../../support/cleanup.ts';
import { until, type Json } from '../../../support/daemon.ts';
import type { TestCluster } from './cluster.ts';

const EVENTS = `subscription ($after: Cursor) { callEvents(after: $after) { cursor type call { id providerCallId }
  ... on UtteranceFinalized { utterance { text } } } }`;

export interface ReceivedEvent {
  readonly cursor: string;
  readonly type: string;
  readonly call: { readonly id: string; readonly providerCallId: string };
  /** Only of an utterance. */
  readonly utterance?: { readonly text: string };
}

export interface Subscriber {
  readonly events: readonly ReceivedEvent[];
  /** How often it connected. */
  readonly connections: () => number;
  /** Why the last connection ended. */
  readonly lastError: () => string;
  /** Waits until it has received an event. */
  reached(cursor: string): Promise<void>;
  stop(): Promise<void>;
}

/** The time limit of a handshake: a paused node accepts connections. */
const HANDSHAKE_MS = 3000;

class PatientWebSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, { handshakeTimeout: HANDSHAKE_MS });
    // Of one that is closed before it is open; the client removes its own listener.
    this.on('error', () => undefined);
  }
}

/** Starts a client. @param lifeMs how long a connection lives at most; undefined: until it breaks */
export function subscribe(
  cluster: Pick<TestCluster, 'pick'>,
  after: string,
  { lifeMs }: { readonly lifeMs?: number } = {},
): Subscriber {
  const events: ReceivedEvent[] = [];
  const stopping = new AbortController();
  let connections = 0;
  let terminate = (): void => undefined;
  let last = '';
  let failure: Error | undefined;

  async function follow(): Promise<void> {
    const client = createClient({
      url: new URL('graphql', cluster.pick().url.replace(/^http/, 'ws')).href,
      webSocketImpl: PatientWebSocket,
      connectionAckWaitTimeout: HANDSHAKE_MS,
      retryAttempts: 0,
    });
    connections++;
    terminate = () => client.terminate();
    const timer = lifeMs === undefined ? undefined : setTimeout(terminate, randomInt(lifeMs / 4, lifeMs));
    try {
      const variables = { after: events.at(-1)?.cursor ?? after };
      for await (const { data, errors } of client.iterate<Json>({ query: EVENTS, variables })) {
        if (errors) throw errors;
        events.push(data!.callEvents as ReceivedEvent);
        if (stopping.signal.aborted) return;
      }
    } catch (error) {
      last = Array.isArray(error) ? JSON.stringify(error) : String(error);
      if (Array.isArray(error) && error.some(isFinal)) failure = new Error(last);
    } finally {
      clearTimeout(timer);
      client.terminate();
    }
  }

  const running = (async () => {
    while (!stopping.signal.aborted && !failure) {
      await follow();
      await delay(50);
    }
  })();
  const stop = async (): Promise<void> => {
    stopping.abort();
    terminate();
    await running;
    if (failure) throw failure;
  };
  onEnd(stop);
  return {
    events,
    connections: () => connections,
    lastError: () => last,
    reached: async (cursor) => {
      await until(() => {
        if (failure) throw failure;
        return events.some((event) => event.cursor === cursor);
      }, `the event ${cursor}`);
    },
    stop,
  };
}

/** Another attempt would fail in the same way. */
const isFinal = ({ extensions }: Json): boolean =>
  /^(CURSOR_|INPUT_|GRAPHQL_)/.test(String(extensions?.code));
