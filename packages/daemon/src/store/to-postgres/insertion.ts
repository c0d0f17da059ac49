/** The statement that stores rows of a table. They are one parameter in JSON, as in commits. */
import { nameOf, rowsIn, valueOf } from '../postgres/statements.ts';
import type { SourceRow } from './source.ts';
import { jsonOf } from './stored-values.ts';
import type { MovedTable } from './tables.ts';

/**
 * Returns the statement that stores the rows of `$1`.
 * @param once a table with one row, or none if nothing may be stored
 */
export function insertion({ table, name, columns }: MovedTable, once = '(select 1) as once'): string {
  const properties = columns.map(({ property }) => property as never);
  const names = properties.map((property) => nameOf(table, property));
  const values = properties.map((property) => valueOf(table, property));
  return `insert into ${name} (${names.join(', ')})
    select ${values.join(', ')} from ${once}, ${rowsIn('$1', table, properties)}`;
}

/** Returns rows as JSON. Texts in JSON are parts of it as they are. */
export function encodeRows({ columns }: MovedTable, rows: readonly SourceRow[]): string {
  const names = columns.map(({ property }) => `${JSON.stringify(property)}:`);
  const encoded = rows.map(
    ({ values }) => `{${values.map((value, i) => names[i]! + jsonOf(columns[i]!.type, value)).join(',')}}`,
  );
  return `[${encoded.join(',')}]`;
}
