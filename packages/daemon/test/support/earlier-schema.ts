/** Databases as earlier releases left them: small ones, with rows in every table, for each number of migrations. */
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { HEAD, hashOf } from '../../src/store/audit/log.ts';

const migrations = readMigrationFiles({
  migrationsFolder: fileURLToPath(new URL('../../migrations', import.meta.url)),
});

/** The number of migrations of this release. */
export const LATEST_SCHEMA = migrations.length;

/** Of the first release: a call with events, utterances, streams and a command. */
const FIRST_ROWS = `
  insert into meta values ('log_id', 'old-log');
  insert into calls (id, provider_id, provider_call_id, status, created_at, answered_at, ended_at, muted_parties, innards)
    values ('call_1', 'test', 'theirs', 'ENDED', 1000, 2000, 5000, '[]',
      '{"statusAt":5000,"wordsReported":true,"speakingSince":{},"heardUntilMs":{"CUSTOMER":900}}');
  insert into events (call_id, type, at, fact) values
    ('call_1', 'CALL_STARTED', 1000, '{}'),
    ('call_1', 'PROVIDER_NOTICE', 2000, '{"code":"LATE","message":"late"}'),
    ('call_1', 'CALL_REPORTED', 6000, '{"summary":"short","tellsWords":true}'),
    ('call_1', 'CALL_REPORTED', 7000, '{"summary":"shorter"}');
  insert into utterances (id, call_id, position, at, order_ms, party, text) values
    ('utt_1', 'call_1', 7, 3000, 0, 'CUSTOMER', 'Hello there'),
    ('utt_2', 'call_1', 9, 3000, 0, 'ASSISTANT', '今日は良い天気');
  insert into streams (id, call_id, encoding, sample_rate, parties, started_at, ended_at, frames, bytes, missing_frames) values
    ('str_1', 'call_1', 'mulaw', 8000, '["CUSTOMER"]', 2000, 5000, 150, 24000, 2),
    ('str_2', 'call_1', 'mulaw', 8000, '["CUSTOMER"]', 5000, null, 0, 0, 0);
  insert into commands (id, call_id, kind, arguments, status, requested_by, requested_at)
    values ('cmd_1', 'call_1', 'SAY', '{"content":"hi"}', 'ACCEPTED', 'local', 3000);
  pragma application_id = ${0x53544f4e};
    `;

const entry = { seq: 1, at: 4000, by: 'admin', action: 'CALL_ERASED' as never, call: '', details: null };
const hash = hashOf(entry, '');

/** What the release with this number of migrations could store as the first one. */
const ROWS: Readonly<Record<number, string>> = {
  1: FIRST_ROWS,
  2: `insert into call_tags values ('call_1', 'vip');
    insert into notes values ('note_1', 'call_1', 'Call back', 3000, null, 'anna');`,
  3: `insert into recordings values ('call_1', 'COMPLETE', 2000, 2, 16000, 5000, 3000, 192000);
    insert into listenings values ('lis_1', 'call_1', 'anna', 2500, 3000);
    insert into waveforms values ('call_1', 'CUSTOMER', 0, x'0102');`,
  6: `insert into audit_log (seq, at, by_name, action, call_digest, hash)
      values (1, ${entry.at}, '${entry.by}', '${String(entry.action)}', '', '${hash}');
    insert into meta values ('${HEAD}', '1 ${hash}');`,
  9: `insert into log_epochs values (2, 'epoch-1');`,
};

/** Creates a database with the first migrations, and rows that were stored as early as possible. */
export function createAtSchema(path: string, count: number): void {
  const sqlite = new Sqlite(path);
  sqlite.pragma('synchronous = off');
  sqlite.exec(
    'create table __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)',
  );
  const record = sqlite.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)');
  for (const [index, migration] of migrations.slice(0, count).entries()) {
    for (const statement of migration.sql) sqlite.exec(statement);
    record.run(migration.hash, migration.folderMillis);
    sqlite.exec(ROWS[index + 1] ?? '');
  }
  sqlite.close();
}
