/** Reads what PostgreSQL has stored, in pages, as texts that can be compared with those of the file. */
import type { Queries } from '../postgres/connection/session.ts';
import { STORED_TYPES, type StoredValue } from './stored-values.ts';
import { TableDigest } from './table-digest.ts';
import type { MovedColumn, MovedTable } from './tables.ts';

type Reading = Pick<Queries, 'rows'>;

/** Rows of a page. */
const PAGE_ROWS = 5000;

interface Reader {
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** Returns the checksum of a table. @throws the reason of the signal. */
export async function digestStored(
  queries: Reading,
  moved: MovedTable,
  reader: Reader = {},
): Promise<TableDigest> {
  const digest = new TableDigest();
  const { name, columns, key } = moved;
  const keys = key.map((column) => `t."${column.name}"`).join(', ');
  const parameters = key.map(({ type }, i) => `$${i + 1}::${type}`).join(', ');
  const page = (where: string): string =>
    `select ${selection(columns)} from ${name} as t ${where} order by ${keys} limit ${PAGE_ROWS}`;
  let last: readonly StoredValue[] | undefined;
  for (;;) {
    reader.signal?.throwIfAborted();
    const rows: readonly StoredRow[] = await queries.rows<StoredRow>(
      last ? { text: page(`where (${keys}) > (${parameters})`), values: last } : { text: page('') },
    );
    for (const row of rows) digest.add(valuesOf(columns, row));
    reader.onRows?.(rows.length);
    const end = rows.at(-1);
    if (!end || rows.length < PAGE_ROWS) return digest;
    last = key.map((column) => end[`c${columns.indexOf(column)}`]!);
  }
}

/** Returns the checksum of the rows of a query. */
export async function digestQuery(
  queries: Reading,
  columns: readonly MovedColumn[],
  query: string,
): Promise<TableDigest> {
  const digest = new TableDigest();
  const rows = await queries.rows<StoredRow>({ text: `select ${selection(columns)} from (${query}) as t` });
  for (const row of rows) digest.add(valuesOf(columns, row));
  return digest;
}

/** By the number of the column. */
type StoredRow = Record<string, StoredValue>;

const selection = (columns: readonly MovedColumn[]): string =>
  columns.map(({ name, type }, i) => `${STORED_TYPES[type].select(`t."${name}"`)} as c${i}`).join(', ');

const valuesOf = (columns: readonly MovedColumn[], row: StoredRow): readonly StoredValue[] =>
  columns.map(({ type }, i) => {
    const text = row[`c${i}`] ?? null;
    return text === null ? null : STORED_TYPES[type].read(text);
  });
