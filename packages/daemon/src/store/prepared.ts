/** Prepared statements over whole rows, by drizzle. */
import { getTableColumns, sql, type SQL, type Table } from 'drizzle-orm';

/** A placeholder for every column, by its name in TypeScript. */
export function placeholders<T extends Table>(table: T): T['$inferInsert'] {
  const names = Object.keys(getTableColumns(table));
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as T['$inferInsert'];
}

/** For an upsert: every column but the named ones takes the value of the row that was to be inserted. */
export function excluded<T extends Table>(
  table: T,
  but: readonly (keyof T['$inferSelect'])[],
): Record<string, SQL> {
  const columns = Object.entries(getTableColumns(table)).filter(([name]) => !but.includes(name));
  return Object.fromEntries(columns.map(([name, column]) => [name, sql.raw(`excluded."${column.name}"`)]));
}
