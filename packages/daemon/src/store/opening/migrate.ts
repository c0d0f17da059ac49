/**
 * Applies migrations in one transaction. Not with the function of drizzle: on a full disk, SQLite rolls back by itself, and
 * the rollback of drizzle then fails with an error that hides the cause.
 */
import type Sqlite from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';

/** The table of drizzle, so that its tools and earlier releases recognise what was applied. */
const TABLE = `create table if not exists __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`;

/** Returns whether a database lacks migrations; one without tables has nothing to migrate. */
export function needsMigration(sqlite: Sqlite.Database, migrationsFolder: string): boolean {
  const exists = sqlite.prepare("select 1 from sqlite_schema where name = '__drizzle_migrations'").get();
  if (!exists) return false;
  const newest = sqlite
    .prepare<[], number | null>('select max(created_at) from __drizzle_migrations')
    .pluck()
    .get();
  return readMigrationFiles({ migrationsFolder }).some(({ folderMillis }) => folderMillis > (newest ?? 0));
}

/** @throws errors of SQLite; nothing is applied then. */
export function migrate(sqlite: Sqlite.Database, migrationsFolder: string): void {
  const apply = sqlite.transaction(() => {
    sqlite.exec(TABLE);
    const newest = sqlite
      .prepare<[], number | null>('select max(created_at) from __drizzle_migrations')
      .pluck()
      .get();
    const record = sqlite.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)');
    for (const { sql, hash, folderMillis } of readMigrationFiles({ migrationsFolder })) {
      if (folderMillis <= (newest ?? 0)) continue;
      for (const statement of sql) sqlite.exec(statement);
      record.run(hash, folderMillis);
    }
  });
  apply.immediate();
}
