/** Exports the events of a call as JSON lines, with the field names of the API, in their order. */
import type { Client } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import type { VariablesOf } from '../api/graphql.ts';
import { PAST_EVENTS, type CallEvent } from '../call/documents.ts';

/** Returns all events of a call, also those that the timeline does not show, or why they cannot be read. */
export async function fetchEvents(
  client: Pick<Client, 'query'>,
  callId: string,
  canListen: boolean,
): Promise<readonly CallEvent[] | ApiError> {
  const events: CallEvent[] = [];
  let after: string | null = null;
  for (;;) {
    const variables: VariablesOf<typeof PAST_EVENTS> = { id: callId, after, canListen };
    const { data, error } = await client
      .query(PAST_EVENTS, variables, { requestPolicy: 'network-only' })
      .toPromise();
    if (error) return toApiError(error);
    if (!data?.call) return events;
    const { nodes, pageInfo } = data.call.events;
    events.push(...nodes);
    if (!pageInfo.hasNextPage) return events;
    after = pageInfo.endCursor;
  }
}

/** A line per event. Pure. */
export const toJsonLines = (events: readonly CallEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
