/** The page's way to the daemon: queries and mutations by HTTP, subscriptions over one socket, all in one cache. */
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { createCache } from './cache.ts';
import { toApiError } from './errors.ts';
import type { Sink } from './resume.ts';
import { createSocket, type Socket } from './socket.ts';

export interface Api {
  readonly client: Client;
  readonly socket: Socket;
  readonly token: string | undefined;
  close(): void;
}

export interface ApiEvents {
  /** The token is missing, wrong, or no longer known. */
  readonly onAuthRequired: () => void;
  /** The daemon has another database now: everything begins anew. */
  readonly onCursorInvalid: () => void;
}

/** @param token sent with every request, and in the payload of the socket's first message; never in an address. */
export function createApi(token: string | undefined, { onAuthRequired, onCursorInvalid }: ApiEvents): Api {
  const socket = createSocket(socketUrl(), token, onCursorInvalid);
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: () => (token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    exchanges: [
      mapExchange({
        onError: (error) => toApiError(error).code === 'AUTH_REQUIRED' && onAuthRequired(),
      }),
      createCache(),
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          // The two libraries write down the same result with other words.
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: variables as Record<string, unknown> },
              sink as Sink,
            ),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  return { client, socket, token, close: () => socket.close() };
}

function socketUrl(): string {
  const url = new URL('/graphql', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}
