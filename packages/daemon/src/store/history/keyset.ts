/** Keyset paging: a page is found by the sort key of its first row, so it stays correct while rows are added and removed. */
import { and, asc, desc, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { KeysetPosition, Page, PageRequest } from '../../history/paging.ts';

/** A sort column and the column that breaks ties. */
export interface SortKey {
  readonly key: AnySQLiteColumn;
  readonly id: AnySQLiteColumn;
  readonly descending: boolean;
  /** Whether the key can be null. Null sorts before all values, as in SQLite's indexes. */
  readonly nullable?: boolean;
}

/** One statement of a page; the next one is run for the rows that the page still lacks. */
interface KeysetQuery {
  readonly where: SQL | undefined;
  readonly orderBy: readonly [SQL, SQL];
}

/** Rows with and without a key are read by separate statements: no index seeks to a position in both. */
type Part = 'KEY' | 'NULL';

const partOf = ({ key }: KeysetPosition): Part => (key === null ? 'NULL' : 'KEY');

/** Returns the statements that read a page, in the order in which to run them until the page is full. */
export function keyset(sort: SortKey, page: PageRequest): readonly KeysetQuery[] {
  const ascending: readonly Part[] = sort.nullable ? ['NULL', 'KEY'] : ['KEY'];
  const parts = sort.descending ? ascending.toReversed() : ascending;
  const from = page.after ? parts.indexOf(partOf(page.after)) : 0;
  const to = page.before ? parts.indexOf(partOf(page.before)) : parts.length - 1;
  const needed = parts.filter((_part, i) => i >= from && i <= to);
  const order = sort.descending === page.backward ? asc : desc;
  return (page.backward ? needed.toReversed() : needed).map((part) => ({
    where: and(
      sort.nullable ? (part === 'NULL' ? isNull : isNotNull)(sort.key) : undefined,
      page.after && partOf(page.after) === part ? isAfter(sort, page.after) : undefined,
      page.before && partOf(page.before) === part ? isBefore(sort, page.before) : undefined,
    ),
    orderBy: [order(sort.key), order(sort.id)],
  }));
}

const isAfter = (sort: SortKey, position: KeysetPosition): SQL =>
  compare(sort, sort.descending ? '<' : '>', position);
const isBefore = (sort: SortKey, position: KeysetPosition): SQL =>
  compare(sort, sort.descending ? '>' : '<', position);

/** SQLite compares row values by the key first, then by the id. */
function compare({ key, id }: SortKey, operator: '<' | '>', position: KeysetPosition): SQL {
  const comparison = sql.raw(operator);
  if (position.key === null) return sql`${id} ${comparison} ${position.id}`;
  return sql`(${key}, ${id}) ${comparison} (${position.key}, ${position.id})`;
}

/** Returns how many rows to read for a page: one more than requested, to know whether there are more. */
export const readLimit = ({ limit }: Pick<PageRequest, 'limit'>): number => limit + 1;

/** Makes a page of the rows that were read: in list order, without the extra row of {@link readLimit}. */
export function toPage<Row>(
  read: readonly Row[],
  { limit, backward }: Pick<PageRequest, 'limit' | 'backward'>,
): Page<Row> {
  const rows = read.slice(0, limit);
  return { rows: backward ? rows.toReversed() : rows, more: read.length > limit };
}
