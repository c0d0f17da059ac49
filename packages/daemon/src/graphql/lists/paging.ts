/** Arguments of Relay connections: validation, and cursors of keyset positions. */
import { FaultError, invalidArgument } from '@sidetone/core';
import type { ArgBuilder } from '@pothos/core';
import type { KeysetPosition, PageRequest } from '../../history/paging.ts';
import type { Types } from '../builder.ts';
import { DEFAULT_PAGE_SIZE } from '../guard/query-size.ts';

interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The arguments of a list that is read from its start only. */
export function forwardArguments(t: { arg: ArgBuilder<Types> }) {
  return {
    first: t.arg.int({
      required: false,
      description: `The maximum number of nodes. Default ${DEFAULT_PAGE_SIZE}, at most \`limits.pageSize\`.`,
    }),
    after: t.arg.string({ required: false, description: 'Returns only nodes after this cursor.' }),
  };
}

/** The arguments of a list that is read from both ends. */
export function pageArguments(t: { arg: ArgBuilder<Types> }) {
  return {
    ...forwardArguments(t),
    last: t.arg.int({
      required: false,
      description:
        'The maximum number of nodes, counted from the end of the list or from `before`. Not together with `first`.',
    }),
    before: t.arg.string({ required: false, description: 'Returns only nodes before this cursor.' }),
  };
}

/** A list in one order. */
export interface List<Row> {
  /** Part of every cursor, so that a cursor of another list or order is rejected. */
  readonly name: string;
  readonly positionOf: (row: Row) => KeysetPosition;
  /** Whether the sort key of a row can be null. */
  readonly isNullable?: boolean;
}

type AnyList = Omit<List<never>, 'positionOf'>;

/** @throws {FaultError} INPUT_INVALID or CURSOR_INVALID. */
export function toPageRequest(list: AnyList, args: PageArguments, pageSize: number): PageRequest {
  const { first, last } = args;
  const isBackward = typeof last === 'number';
  if (isBackward && typeof first === 'number') {
    throw invalidArgument('last', 'expected `first` or `last`, received both');
  }
  const limit = first ?? last ?? Math.min(DEFAULT_PAGE_SIZE, pageSize);
  if (limit < 0 || limit > pageSize) {
    const argument = isBackward ? 'last' : 'first';
    const message = `${argument}: expected a number from 0 to ${pageSize}, received ${limit}`;
    throw new FaultError('INPUT_INVALID', message, { details: { argument, maximum: pageSize } });
  }
  return {
    limit,
    backward: isBackward,
    ...(args.after != null && { after: decodeCursor(list, args.after, 'after') }),
    ...(args.before != null && { before: decodeCursor(list, args.before, 'before') }),
  };
}

export function encodeCursor<Row>({ name, positionOf }: List<Row>, row: Row): string {
  const { key, id } = positionOf(row);
  return Buffer.from(`${name}\n${key ?? ''}\n${id}`).toString('base64url');
}

/** @throws {FaultError} CURSOR_INVALID. */
function decodeCursor({ name, isNullable }: AnyList, cursor: string, argument: string): KeysetPosition {
  const [list, key, id, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
  const isOfThisList = list === name && id !== undefined && rest.length === 0;
  if (isOfThisList && key === '' && isNullable) return { key: null, id };
  if (isOfThisList && /^-?\d{1,16}$/.test(key ?? '')) return { key: Number(key), id };
  throw new FaultError(
    'CURSOR_INVALID',
    `${argument}: expected a cursor from a page of the same list in the same order`,
    { details: { argument } },
  );
}
