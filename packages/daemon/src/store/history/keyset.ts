/** Paging by key: a page is found by its first row, never by counting rows, and stays right while rows come and go. */
import { and, asc, desc, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { KeysetPosition, Page, PageRequest } from '../../history/paging.ts';

/** A sort key and the column that breaks its ties. */
export interface SortKey {
  readonly key: AnySQLiteColumn;
  readonly id: AnySQLiteColumn;
  readonly descending: boolean;
  /** Whether some rows have no key: as SQLite's indexes have it, they count as less than all others. */
  readonly nullable?: boolean;
}

/** One statement of a page: rows that match `where`, of which the page takes what it still lacks. */
export interface KeysetQuery {
  readonly where: SQL | undefined;
  readonly orderBy: readonly [SQL, SQL];
}

/** The rows that have a key and those that have none are read apart: no index finds a place in both at once. */
type Part = 'KEYED' | 'BARE';

const partOf = ({ key }: KeysetPosition): Part => (key === null ? 'BARE' : 'KEYED');

/** The statements that read a page, in the order in which they are to be run until it is full. */
export function keyset(sort: SortKey, window: PageRequest): readonly KeysetQuery[] {
  const inAscent: readonly Part[] = sort.nullable ? ['BARE', 'KEYED'] : ['KEYED'];
  const parts = sort.descending ? inAscent.toReversed() : inAscent;
  const from = window.after ? parts.indexOf(partOf(window.after)) : 0;
  const to = window.before ? parts.indexOf(partOf(window.before)) : parts.length - 1;
  const wanted = parts.filter((_part, i) => i >= from && i <= to);
  const order = sort.descending === window.backward ? asc : desc;
  const read = window.backward ? wanted.toReversed() : wanted;
  return read.map((part) => ({
    where: and(
      sort.nullable ? (part === 'BARE' ? isNull : isNotNull)(sort.key) : undefined,
      window.after && partOf(window.after) === part ? beyond(sort, window.after, true) : undefined,
      window.before && partOf(window.before) === part ? beyond(sort, window.before, false) : undefined,
    ),
    orderBy: [order(sort.key), order(sort.id)],
  }));
}

/** Row values compare as SQLite compares them: by the key, then by the id. */
function beyond({ key, id, descending }: SortKey, place: KeysetPosition, isBehind: boolean): SQL {
  const operator = sql.raw(isBehind === descending ? '<' : '>');
  if (place.key === null) return sql`${id} ${operator} ${place.id}`;
  return sql`(${key}, ${id}) ${operator} (${place.key}, ${place.id})`;
}

/** How many rows to read for a page: one more than asked for, to see whether there is more. */
export const readLimit = ({ limit }: Pick<PageRequest, 'limit'>): number => limit + 1;

/** Puts what was read into list order, without the row that only told of more. */
export function slice<Row>(read: readonly Row[], window: Pick<PageRequest, 'limit' | 'backward'>): Page<Row> {
  const rows = read.slice(0, window.limit);
  return { rows: window.backward ? rows.toReversed() : rows, more: read.length > window.limit };
}
