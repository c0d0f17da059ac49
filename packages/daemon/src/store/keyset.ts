/** Paging by key: a page is found by its first row, never by counting rows, and stays right while rows come and go. */
import { and, asc, desc, sql, type SQL } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Place, Slice, Window } from '../app/ports.ts';

/** A sort key and the column that breaks its ties. */
export interface SortKey {
  readonly key: AnySQLiteColumn;
  readonly id: AnySQLiteColumn;
  readonly newestFirst: boolean;
}

export interface KeysetQuery {
  readonly where: SQL | undefined;
  readonly orderBy: readonly [SQL, SQL];
  /** One more than asked for, to see whether there is more. */
  readonly limit: number;
}

/** Row values compare as SQLite compares them: by the key, then by the id. */
const behind = ({ key, id }: SortKey, place: Place): SQL =>
  sql`(${key}, ${id}) > (${place.key}, ${place.id})`;
const ahead = ({ key, id }: SortKey, place: Place): SQL => sql`(${key}, ${id}) < (${place.key}, ${place.id})`;

export function keyset(sort: SortKey, window: Window): KeysetQuery {
  const [follows, precedes] = sort.newestFirst ? [ahead, behind] : [behind, ahead];
  const isDescending = sort.newestFirst !== window.backward;
  const order = isDescending ? desc : asc;
  return {
    where: and(window.after && follows(sort, window.after), window.before && precedes(sort, window.before)),
    orderBy: [order(sort.key), order(sort.id)],
    limit: window.limit + 1,
  };
}

/** Puts what was read into list order, without the row that only told of more. */
export function slice<Row>(read: readonly Row[], window: Window): Slice<Row> {
  const rows = read.slice(0, window.limit);
  return { rows: window.backward ? rows.toReversed() : rows, more: read.length > window.limit };
}
