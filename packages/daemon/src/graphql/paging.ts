/** Relay connections over keysets: what the client asked for, checked, and the answer's shape. */
import { FaultError } from '@sidetone/core';
import type { ArgBuilder, ObjectRef } from '@pothos/core';
import type { Place, Slice, Window } from '../app/ports.ts';
import type { Builder, Types } from './builder.ts';

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
const DEFAULT_PAGE_SIZE = 50;

/** @throws {FaultError} INPUT_INVALID or CURSOR_INVALID. */
export function toWindow(list: string, args: PageArguments, pageSize: number): Window {
  const { first, last } = args;
  if (typeof first === 'number' && typeof last === 'number') {
    throw new FaultError('INPUT_INVALID', 'give `first` or `last`, not both');
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
export function encodePlace(list: string, { key, id }: Place): string {
  return Buffer.from(`${list}\n${key}\n${id}`).toString('base64url');
}

function decodePlace(list: string, cursor: string, argument: string): Place {
  const [kind, key, id, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
  const isOurs = kind === list && id !== undefined && rest.length === 0 && /^-?\d{1,16}$/.test(key ?? '');
  if (!isOurs) {
    throw new FaultError('CURSOR_INVALID', `\`${argument}\` is not a cursor of this list`, {
      details: { argument },
    });
  }
  return { key: Number(key), id };
}

/** A page as it was read, and how to count the whole list, for whoever asks. */
export interface Page<Row> extends Slice<Row> {
  readonly window: Window;
  readonly count: () => Promise<number>;
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
  readonly placeOf: (row: Row) => Place;
  readonly isCounted: boolean;
}

export function addConnection<Row extends object>(
  builder: Builder,
  pageInfo: ReturnType<typeof addPageInfo>,
  { name, node, placeOf, isCounted }: ConnectionOptions<Row>,
) {
  const cursorOf = (row: Row): string => encodePlace(name, placeOf(row));
  const edge = builder.objectRef<Row>(`${name}Edge`).implement({
    description: `A ${name} in a list, with its place.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'The place of this node, for `after` and `before`.',
        resolve: cursorOf,
      }),
      node: t.field({ type: node, description: `The ${name} itself.`, resolve: (row) => row as never }),
    }),
  });
  const connection = builder.objectRef<Page<Row>>(`${name}Connection`).implement({
    description: `A page of a list of ${name}s.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The page, with the place of each node.',
        resolve: ({ rows }) => [...rows],
      }),
      nodes: t.field({ type: [node], description: 'The page.', resolve: ({ rows }) => [...rows] }),
      pageInfo: t.field({
        type: pageInfo,
        description: 'Where this page stands in the list.',
        resolve: (page) => infoOf(page, cursorOf),
      }),
    }),
  });
  if (isCounted) {
    builder.objectField(connection, 'totalCount', (t) =>
      t.int({
        description: 'How many there are in the whole list. Counted only when asked for.',
        resolve: ({ count }) => count(),
      }),
    );
  }
  return connection;
}

function infoOf<Row>({ rows, more, window }: Page<Row>, cursorOf: (row: Row) => string): PageInfo {
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    hasNextPage: window.backward ? window.before !== undefined : more,
    hasPreviousPage: window.backward ? more : window.after !== undefined,
    startCursor: first === undefined ? null : cursorOf(first),
    endCursor: last === undefined ? null : cursorOf(last),
  };
}
