/** Relay connections over keysets: what the client asked for, checked, and the answer's shape. */
import { FaultError } from '@sidetone/core';
import type { ArgBuilder, ObjectRef } from '@pothos/core';
import type { KeysetPosition, Page, PageRequest } from '../../history/paging.ts';
import type { Builder, Types } from '../builder.ts';

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The arguments of a list that pages both ways. */
export function pageArguments(t: { arg: ArgBuilder<Types> }) {
  return {
    first: t.arg.int({
      required: false,
      description: 'How many at most, from the beginning or behind `after`.',
    }),
    after: t.arg.string({ required: false, description: 'Only those behind this cursor.' }),
    last: t.arg.int({ required: false, description: 'How many at most, from the end or before `before`.' }),
    before: t.arg.string({ required: false, description: 'Only those before this cursor.' }),
  };
}

/** Nodes on a page when the client does not say. */
export const DEFAULT_PAGE_SIZE = 50;

/** A kind of list, in one order. */
export interface List<Row> {
  /** Of this list alone, and of this order: a place in it means nothing elsewhere. */
  readonly name: string;
  readonly placeOf: (row: Row) => KeysetPosition;
  /** Whether some rows have no sort key. */
  readonly isNullable?: boolean;
}

/** @throws {FaultError} INPUT_INVALID or CURSOR_INVALID. */
export function toWindow(
  list: Omit<List<never>, 'placeOf'>,
  args: PageArguments,
  pageSize: number,
): PageRequest {
  const { first, last } = args;
  if (typeof first === 'number' && typeof last === 'number') {
    throw new FaultError('INPUT_INVALID', 'give `first` or `last`, not both', {
      details: { argument: 'last' },
    });
  }
  const limit = first ?? last ?? Math.min(DEFAULT_PAGE_SIZE, pageSize);
  if (limit < 0 || limit > pageSize) {
    throw new FaultError('INPUT_INVALID', `\`first\` and \`last\` are from 0 to ${pageSize}`, {
      details: { argument: typeof last === 'number' ? 'last' : 'first', maximum: pageSize },
    });
  }
  return {
    limit,
    backward: typeof last === 'number',
    ...(args.after != null && { after: decodePlace(list, args.after, 'after') }),
    ...(args.before != null && { before: decodePlace(list, args.before, 'before') }),
  };
}

/** A place as a client holds it: opaque, and good for its own kind of list alone. */
function encodePlace(list: string, { key, id }: KeysetPosition): string {
  return Buffer.from(`${list}\n${key ?? ''}\n${id}`).toString('base64url');
}

function decodePlace(
  { name, isNullable }: Omit<List<never>, 'placeOf'>,
  cursor: string,
  argument: string,
): KeysetPosition {
  const [kind, key, id, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
  const isOurs = kind === name && id !== undefined && rest.length === 0;
  if (isOurs && key === '' && isNullable) return { key: null, id };
  if (isOurs && /^-?\d{1,16}$/.test(key ?? '')) return { key: Number(key), id };
  throw new FaultError(
    'CURSOR_INVALID',
    `\`${argument}\` is not a cursor of this list in this order; take one from a page that was asked for with the same order, or leave it out`,
    { details: { argument } },
  );
}

/** A page as it was read, and how to count the whole list, for whoever asks. */
export interface ConnectionPage<Row> extends Page<Row> {
  readonly list: List<Row>;
  readonly window: PageRequest;
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
    description: 'Where a page stands in its list.',
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there is more behind this page.' }),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
        description: 'Whether there is more before this page.',
      }),
      startCursor: t.exposeString('startCursor', {
        nullable: true,
        description: 'Of the first node, for `before`.',
      }),
      endCursor: t.exposeString('endCursor', {
        nullable: true,
        description: 'Of the last node, for `after`.',
      }),
    }),
  });
}

export interface ConnectionOptions<Row> {
  /** Name of the node's type: `Call` makes `CallConnection` and `CallEdge`. */
  readonly name: string;
  readonly node: ObjectRef<Types, Row>;
  readonly isCounted: boolean;
}

export function addConnection<Row extends object>(
  builder: Builder,
  pageInfo: ReturnType<typeof addPageInfo>,
  { name, node, isCounted }: ConnectionOptions<Row>,
) {
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: `A ${name} in a list, with its place.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'The place of this node, for `after` and `before`.' }),
      node: t.field({ type: node, description: `The ${name} itself.`, resolve: ({ row }) => row as never }),
    }),
  });
  const connection = builder.objectRef<ConnectionPage<Row>>(`${name}Connection`).implement({
    description: `A page of a list of nodes of the type ${name}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The page, with the place of each node.',
        resolve: ({ rows, list }) =>
          rows.map((row) => ({ row, cursor: encodePlace(list.name, list.placeOf(row)) })),
      }),
      nodes: t.field({ type: [node], description: 'The page.', resolve: ({ rows }) => [...rows] }),
      pageInfo: t.field({
        type: pageInfo,
        description: 'Where this page stands in the list.',
        resolve: infoOf,
      }),
    }),
  });
  if (isCounted) {
    builder.objectField(connection, 'totalCount', (t) =>
      t.int({
        description: 'How many there are in the whole list. Counted only when asked for.',
        resolve: ({ rows, count }) => count?.() ?? rows.length,
      }),
    );
  }
  return connection;
}

function infoOf<Row>({ rows, more, window, list }: ConnectionPage<Row>): PageInfo {
  const cursorOf = (row: Row | undefined): string | null =>
    row === undefined ? null : encodePlace(list.name, list.placeOf(row));
  return {
    hasNextPage: window.backward ? window.before !== undefined : more,
    hasPreviousPage: window.backward ? more : window.after !== undefined,
    startCursor: cursorOf(rows[0]),
    endCursor: cursorOf(rows.at(-1)),
  };
}
