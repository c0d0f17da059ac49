/** The drizzle connection to the database, and SQL helpers that drizzle lacks. */
import type Sqlite from 'better-sqlite3';
import { getTableColumns, sql, type SQL, type Table } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type * as schema from './schema.ts';

export type Db = BetterSQLite3Database<typeof schema> & { readonly $client: Sqlite.Database };

/** Returns a placeholder for every column that can be written, each named like its TypeScript property. */
export function placeholders<T extends Table>(table: T): T['$inferInsert'] {
  const names = writableColumns(table).map(([name]) => name);
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as T['$inferInsert'];
}

/** For `set` of an update: assigns each named column from the placeholder of the same name. */
export function assign<Name extends string>(...names: Name[]): Record<Name, SQL> {
  return Object.fromEntries(names.map((name) => [name, sql`${sql.placeholder(name)}`])) as Record<Name, SQL>;
}

/** For an upsert: every column except `omitted` takes the value of the row that could not be inserted. */
export function excluded<T extends Table>(
  table: T,
  omitted: readonly (keyof T['$inferSelect'])[],
): Record<string, SQL> {
  const columns = writableColumns(table).filter(([name]) => !omitted.includes(name));
  return Object.fromEntries(columns.map(([name, column]) => [name, sql.raw(`excluded."${column.name}"`)]));
}

/** Compares with any number of values in one parameter: the statement text is constant, and no parameter limit applies. */
export const isAnyOf = (column: AnySQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;

/**
 * Always true; belongs in the `where` of every statement that may scan many rows. SQLite's driver cannot interrupt a
 * statement from another thread: a terminated thread ends when its statement calls back into JavaScript, for each row here.
 */
export const INTERRUPTION_POINT = sql`interruption_point()`;

/** Defines the function of {@link INTERRUPTION_POINT} on a connection. If it were deterministic, it would be called once. */
export function makeInterruptible(sqlite: Sqlite.Database): void {
  sqlite.function('interruption_point', { deterministic: false }, () => 1);
}

/** Excludes generated columns. */
function writableColumns<T extends Table>(table: T) {
  return Object.entries(getTableColumns(table)).filter(([, { generated }]) => generated === undefined);
}
