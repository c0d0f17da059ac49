/** The interface and the pages of call events. Their object types are in `event-types.ts`. */
import { causedBy, type CallRecord } from '@sidetone/core';
import type { Cursors } from '../../calls/cursor.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { PageInfo } from '../lists/connection.ts';
import type { Enums } from './enums.ts';
import { EVENT_TYPES, TYPE_NAMES, type EventTypeName } from './event-types.ts';
import { callOf } from './lookup.ts';
import type { Refs } from './refs.ts';

export function addEvents(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.CallEvent.implement({
    description:
      'A stored change of a call. Events are stored before they are delivered, in the order of their cursors.',
    resolveType: ({ fact }) => TYPE_NAMES[fact.type],
    fields: (t) => ({
      cursor: t.field({
        type: 'Cursor',
        description: 'The position of the event in the event log.',
        resolve: (record) => record.position,
      }),
      type: t.field({
        type: enums.CallEventType,
        description: 'The type of the event.',
        resolve: ({ fact }) => fact.type,
      }),
      at: t.field({
        type: 'DateTime',
        description: 'When it happened: the time of the provider if it sent one, otherwise of the daemon.',
        resolve: ({ at }) => at,
      }),
      call: t.field({
        type: refs.Call,
        description: 'The current state of the call.',
        resolve: ({ callId }) => callOf(deps, callId),
      }),
      by: t.string({
        nullable: true,
        description:
          'The name of the access token of the client that caused the event. For a command and its confirmation, the client that sent it; for an event of a call that a backfill imported, except utterances, the client that started the backfill. Null if no client did, and for some events that earlier releases stored.',
        resolve: ({ fact }) => causedBy(fact),
      }),
    }),
  });
  for (const name of Object.keys(EVENT_TYPES) as EventTypeName[]) {
    EVENT_TYPES[name](name, { builder, refs, enums, deps });
  }
  addEventPages(refs);
}

function addEventPages(refs: Refs): void {
  refs.CallEventEdge.implement({
    description: 'An event with its cursor.',
    fields: (t) => ({
      cursor: t.field({
        type: 'Cursor',
        description: 'The cursor of the event, for `after`.',
        resolve: ({ position }) => position,
      }),
      node: t.field({ type: refs.CallEvent, description: 'The event.', resolve: (record) => record }),
    }),
  });
  refs.CallEventConnection.implement({
    description: 'A page of events, oldest first.',
    fields: (t) => ({
      edges: t.field({
        type: [refs.CallEventEdge],
        description: 'The events of the page with their cursors.',
        resolve: ({ rows }) => [...rows],
      }),
      nodes: t.field({
        type: [refs.CallEvent],
        description: 'The events of the page.',
        resolve: ({ rows }) => [...rows],
      }),
      pageInfo: t.field({
        type: refs.PageInfo,
        description: 'The position of this page in the list.',
        resolve: (page) => page.info,
      }),
    }),
  });
}

/** Returns the position of a page of events. Its cursors are those of the event log. */
export function eventPageInfo(
  rows: readonly CallRecord[],
  hasNextPage: boolean,
  hasPreviousPage: boolean,
  cursors: Cursors,
): PageInfo {
  const cursorOf = (record: CallRecord | undefined) => (record ? cursors.encode(record.position) : null);
  return { hasNextPage, hasPreviousPage, startCursor: cursorOf(rows[0]), endCursor: cursorOf(rows.at(-1)) };
}
