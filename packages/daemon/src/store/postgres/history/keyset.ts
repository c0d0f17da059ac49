/** Keyset paging, as `store/history/keyset.ts`, in the text of statements. */
import type { KeysetPosition, PageRequest } from '../../../history/paging.ts';
import type { Parameters } from '../parameters.ts';

/** Names of the columns: the sort key, and the one that breaks ties. */
export interface SortKey {
  readonly key: string;
  readonly id: string;
  readonly descending: boolean;
  /** Whether the key can be null. Null sorts before all values, as in SQLite. */
  readonly nullable?: boolean;
}

export interface KeysetQuery {
  readonly where: string;
  /** Of both columns. */
  readonly direction: 'asc' | 'desc';
}

/** Rows with and without a key are read by separate statements: no index seeks to a position in both. */
type Part = 'KEY' | 'NULL';

const partOf = ({ key }: KeysetPosition): Part => (key === null ? 'NULL' : 'KEY');

/** Returns the statements that read a page, in the order in which to run them until the page is full. */
export function keysetQueries(
  sort: SortKey,
  page: PageRequest,
): readonly ((parameters: Parameters) => KeysetQuery)[] {
  const ascending: readonly Part[] = sort.nullable ? ['NULL', 'KEY'] : ['KEY'];
  const parts = sort.descending ? ascending.toReversed() : ascending;
  const from = page.after ? parts.indexOf(partOf(page.after)) : 0;
  const to = page.before ? parts.indexOf(partOf(page.before)) : parts.length - 1;
  const needed = parts.filter((_part, i) => i >= from && i <= to);
  const direction = sort.descending === page.backward ? 'asc' : 'desc';
  return (page.backward ? needed.toReversed() : needed).map((part) => (parameters: Parameters) => {
    const [after, before] = sort.descending ? (['<', '>'] as const) : (['>', '<'] as const);
    const conditions = [
      ...(sort.nullable ? [`${sort.key} is ${part === 'NULL' ? '' : 'not '}null`] : []),
      ...(page.after && partOf(page.after) === part ? [compare(sort, after, page.after, parameters)] : []),
      ...(page.before && partOf(page.before) === part
        ? [compare(sort, before, page.before, parameters)]
        : []),
    ];
    return { where: conditions.join(' and ') || 'true', direction };
  });
}

function compare(
  { key, id }: SortKey,
  operator: '<' | '>',
  position: KeysetPosition,
  parameters: Parameters,
): string {
  if (position.key === null) return `${id} ${operator} ${parameters.add(position.id)}`;
  return `(${key}, ${id}) ${operator} (${parameters.add(position.key)}, ${parameters.add(position.id)})`;
}
