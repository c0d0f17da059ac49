/**
 * Subscriptions that go around the normalised cache: the cache never forgets an object, so it would grow with every call
 * that starts and ends while a page is open.
 */
import type { GraphQLError } from 'graphql';
import { stringifyDocument, type TypedDocumentNode } from 'urql';
import { toApiError, type ApiError } from './errors.ts';
import type { Socket } from './socket.ts';

/** The part of the socket that subscribes. */
export type LiveSocket = Pick<Socket, 'subscribe'>;

/** Receives the results of a subscription. */
interface LiveSink<Data> {
  readonly next: (data: Data) => void;
  readonly error?: (error: ApiError) => void;
}

/** Subscribes without the cache, resuming after a disconnect. Returns a function that unsubscribes. */
export function subscribeLive<Data, Variables extends object>(
  socket: LiveSocket,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { next, error }: LiveSink<Data>,
): () => void {
  const fail = (errors: unknown): void =>
    error?.(toApiError({ graphQLErrors: Array.isArray(errors) ? (errors as GraphQLError[]) : [] }));
  return socket.subscribe(
    { query: stringifyDocument(document), variables: { ...variables } as Record<string, unknown> },
    {
      next(result) {
        if (result.errors) fail(result.errors);
        if (result.data) next(result.data as Data);
      },
      error: fail,
      complete: () => undefined,
    },
  );
}
