/**
 * Checks a database table by table, over a connection of its own. Uses quick_check, which reads every page of a table and
 * its indexes, but does not compare their contents.
 */
import Sqlite from 'better-sqlite3';

/** Problems listed for one table. */
const MAX_PROBLEMS = 10;

/** Returns the problems found; an empty list if there are none. @throws {SqliteError} if the file cannot be read. */
export function findProblems(path: string): string[] {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    const tables = sqlite
      .prepare<[], string>(`select name from sqlite_schema where type = 'table'`)
      .pluck()
      .all();
    return tables.flatMap((table) => problemsOf(sqlite, table));
  } finally {
    sqlite.close();
  }
}

/** A statement for each table: none reads the same snapshot for long, which would keep the write-ahead log from being reset. */
function problemsOf(sqlite: Sqlite.Database, table: string): string[] {
  const check = sqlite.prepare<[string], string>('select quick_check from pragma_quick_check(?)').pluck();
  const lines = check.all(table).slice(0, MAX_PROBLEMS);
  return lines.filter((line) => line !== 'ok').map((line) => `${table}: ${line}`);
}
