/** The API client: queries and mutations over HTTP, subscriptions over one WebSocket, all through one cache. */
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { createCache } from './cache.ts';
import { toApiError } from './errors.ts';
import type { Sink } from './resume.ts';
import { ROOT } from './root.ts';
import { createSocket, type Socket } from './socket.ts';

export interface Api {
  readonly client: Client;
  readonly socket: Socket;
  readonly token: string | undefined;
  close(): void;
}

interface ApiEvents {
  /** Called when the token is missing, invalid or revoked. */
  readonly onAuthRequired: () => void;
  /** Called when the daemon rejects a cursor because its database was replaced. All page state must be reloaded. */
  readonly onCursorInvalid: () => void;
}

/** @param token sent as a header and in the payload of `connection_init`, never in a URL; audio has signed URLs. */
export function createApi(token: string | undefined, { onAuthRequired, onCursorInvalid }: ApiEvents): Api {
  const socket = createSocket(socketUrl(), token, onCursorInvalid);
  const client = new Client({
    url: `${ROOT}graphql`,
    preferGetMethod: false,
    fetchOptions: () => (token === undefined ? {} : { headers: { 'x-access-token': token } }),
    exchanges: [
      mapExchange({
        onError: (error) => toApiError(error).code === 'AUTH_REQUIRED' && onAuthRequired(),
      }),
      createCache(),
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          // The libraries declare the same result type differently.
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
  const url = new URL(`${ROOT}graphql`, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}
