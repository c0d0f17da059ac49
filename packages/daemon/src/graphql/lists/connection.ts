/** Relay connections: a page of a list, with its edges and page information. */
import type { ObjectRef } from '@pothos/core';
import type { Page, PageRequest } from '../../history/paging.ts';
import type { Builder, Types } from '../builder.ts';
import { encodeCursor, type List } from './paging.ts';

/** A page that was read from a list. */
export interface ConnectionPage<Row> extends Page<Row> {
  readonly list: List<Row>;
  readonly request: PageRequest;
  /** Counts the rows of the whole list. */
  readonly count?: () => Promise<number>;
}

interface Edge<Row> {
  readonly row: Row;
  readonly cursor: string;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export function addPageInfo(builder: Builder) {
  return builder.objectRef<PageInfo>('PageInfo').implement({
    description: 'The position of a page in its list.',
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage', {
        description: 'Whether the list has nodes after this page.',
      }),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
        description: 'Whether the list has nodes before this page.',
      }),
      startCursor: t.exposeString('startCursor', {
        nullable: true,
        description: 'The cursor of the first node, for `before`. Null if the page is empty.',
      }),
      endCursor: t.exposeString('endCursor', {
        nullable: true,
        description: 'The cursor of the last node, for `after`. Null if the page is empty.',
      }),
    }),
  });
}

interface ConnectionOptions<Row> {
  /** The node's type: `Call` adds `CallConnection` and `CallEdge`. */
  readonly name: string;
  readonly node: ObjectRef<Types, Row>;
  /** Whether the connection has `totalCount`. */
  readonly isCounted: boolean;
}

export function addConnection<Row extends object>(
  builder: Builder,
  pageInfo: ReturnType<typeof addPageInfo>,
  { name, node, isCounted }: ConnectionOptions<Row>,
) {
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: `A node of the type ${name} with its cursor.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'The cursor of the node, for `after` and `before`.' }),
      node: t.field({ type: node, description: 'The node.', resolve: ({ row }) => row as never }),
    }),
  });
  const connection = builder.objectRef<ConnectionPage<Row>>(`${name}Connection`).implement({
    description: `A page of a list of nodes of the type ${name}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The nodes of the page with their cursors.',
        resolve: ({ rows, list }) => rows.map((row) => ({ row, cursor: encodeCursor(list, row) })),
      }),
      nodes: t.field({
        type: [node],
        description: 'The nodes of the page.',
        resolve: ({ rows }) => [...rows],
      }),
      pageInfo: t.field({
        type: pageInfo,
        description: 'The position of this page in the list.',
        resolve: pageInfoOf,
      }),
    }),
  });
  if (isCounted) {
    builder.objectField(connection, 'totalCount', (t) =>
      t.int({
        description: 'The number of nodes in the whole list. Computed only if it is selected.',
        resolve: ({ rows, count }) => count?.() ?? rows.length,
      }),
    );
  }
  return connection;
}

function pageInfoOf<Row>({ rows, more, request, list }: ConnectionPage<Row>): PageInfo {
  const cursorOf = (row: Row | undefined): string | null =>
    row === undefined ? null : encodeCursor(list, row);
  return {
    hasNextPage: request.backward ? request.before !== undefined : more,
    hasPreviousPage: request.backward ? more : request.after !== undefined,
    startCursor: cursorOf(rows[0]),
    endCursor: cursorOf(rows.at(-1)),
  };
}
