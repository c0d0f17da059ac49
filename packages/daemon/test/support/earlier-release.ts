/** Turns a database into one of an earlier release, whatever later migrations have added. */
import { readFileSync, renameSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { MIGRATIONS } from '../../src/store/database.ts';

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

/** Applies the migrations up to one, such as `0007_call_numbers`, to an empty file. */
function createEarlier(path: string, tag: string): Sqlite.Database {
  const journal = JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, 'utf8')) as Journal;
  const last = journal.entries.find((entry) => entry.tag === tag)!.when;
  const sqlite = new Sqlite(path);
  sqlite.exec(
    'create table __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
  );
  const record = sqlite.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)');
  for (const { sql, hash, folderMillis } of readMigrationFiles({ migrationsFolder: MIGRATIONS })) {
    if (folderMillis > last) break;
    for (const statement of sql) sqlite.exec(statement);
    record.run(hash, folderMillis);
  }
  return sqlite;
}

/** Replaces a closed database by one as of a migration, with the rows that it can hold. */
export function downgradeTo(tag: string, path: string): void {
  const sqlite = createEarlier(`${path}.earlier`, tag);
  sqlite.prepare('attach ? as later').run(path);
  sqlite.pragma(`application_id = ${Number(sqlite.pragma('later.application_id', { simple: true }))}`);
  const namesOf = (text: string): string[] => sqlite.prepare<[], string>(text).pluck().all();
  const tables = namesOf(
    `select name from main.pragma_table_list where schema = 'main' and type = 'table'
      and name not like 'sqlite_%' and name <> '__drizzle_migrations'`,
  );
  for (const table of tables) {
    const later = new Set(namesOf(`select name from pragma_table_info('${table}', 'later')`));
    const columns = namesOf(`select name from pragma_table_info('${table}', 'main')`)
      .filter((name) => later.has(name))
      .join(', ');
    if (columns !== '')
      sqlite.exec(
        `insert or ignore into main.${table} (${columns}) select ${columns} from later.${table} where true`,
      );
  }
  sqlite.close();
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  renameSync(`${path}.earlier`, path);
}
