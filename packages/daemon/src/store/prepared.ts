/** Prepared statements over whole rows, by drizzle. */
import { getTableColumns, sql, type SQL, type Table } from 'drizzle-orm';

/** The columns that are written, by their names in TypeScript: not those that SQLite works out. */
function written<T extends Table>(table: T) {
  return Object.entries(getTableColumns(table)).filter(([, { generated }]) => generated === undefined);
}

/** A placeholder for every column that is written, by its name in TypeScript. */
export function placeholders<T extends Table>(table: T): T['$inferInsert'] {
  const names = written(table).map(([name]) => name);
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as T['$inferInsert'];
}

/** For an upsert: every column but the named ones takes the value of the row that was to be inserted. */
export function excluded<T extends Table>(
  table: T,
  but: readonly (keyof T['$inferSelect'])[],
): Record<string, SQL> {
  const columns = written(table).filter(([name]) => !but.includes(name));
  return Object.fromEntries(columns.map(([name, column]) => [name, sql.raw(`excluded."${column.name}"`)]));
}
