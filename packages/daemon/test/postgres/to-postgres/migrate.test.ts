import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { isFault } from '@sidetone/core';
import { getTableName, type Table } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createCursors } from '../../../src/calls/cursor.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { verifyAuditAt } from '../../../src/store/postgres/audit/verify.ts';
import { createPools } from '../../../src/store/postgres/connection/pools.ts';
import { Session } from '../../../src/store/postgres/connection/session.ts';
import { openPostgres } from '../../../src/store/postgres/open-postgres.ts';
import { estimateMigration } from '../../../src/store/to-postgres/estimate.ts';
import {
  migrateToPostgres,
  verifyOnly,
  type MigrationOptions,
} from '../../../src/store/to-postgres/migrate.ts';
import {
  COPIED_TABLES,
  OTHER_SQLITE_TABLES,
  POSTGRES_TABLES,
  TREATMENTS,
} from '../../../src/store/to-postgres/tables.ts';
import { StoreHealth } from '../../../src/store/store-health.ts';
import * as sqliteSchema from '../../../src/store/schema.ts';
import { DraftMaker } from '../../store/suites/drafts.ts';
import { createAtSchema, LATEST_SCHEMA } from '../../support/earlier-schema.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { createDatabase, hasServer } from '../support/database.ts';
import { joinAlone, storeOn } from '../support/store.ts';
import { createSourceFile } from './source-file.ts';

const optionsOf = (from: string, url: string): MigrationOptions => ({
  from,
  to: { url },
  now: () => 1,
  batchRows: 3,
});

/** Returns the code of the fault that a task throws. */
const codeOf = (task: Promise<unknown>): Promise<string | undefined> =>
  task.then(
    () => 'none',
    (error: unknown) => (isFault(error) ? error.code : String(error)),
  );

async function administerDatabase(url: string, text: string): Promise<void> {
  const pools = await createPools({ url });
  await pools.writing.query(text);
  await pools.close();
}

describe.skipIf(!hasServer)('a migration to PostgreSQL', () => {
  test('moves every row, and is verified', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    const report = await migrateToPostgres(optionsOf(path, url));
    expect(report).toMatchObject({ isVerified: true, problems: [], notes: [] });
    expect(report.tables.filter(({ isEqual, changedRows }) => !isEqual || changedRows > 0)).toEqual([]);
    // Otherwise the file of this test shows nothing about the table.
    expect(report.tables.filter(({ sourceRows }) => sourceRows === 0)).toEqual([]);
    expect(await verifyOnly(optionsOf(path, url))).toEqual(report);
  });

  test('keeps cursors valid, also beside the epochs that begin with PostgreSQL', async () => {
    const { path, cursors } = createSourceFile();
    const url = await createDatabase();
    await migrateToPostgres(optionsOf(path, url));
    for (let start = 1; start <= 2; start++) {
      const store = await openPostgres({ url });
      const { epochs, leave } = await joinAlone(store);
      const { ledger, eventLog } = storeOn(store);
      await ledger.commit([new DraftMaker().start(`after ${start}`)]);
      const latest = await eventLog.latest();
      const { decode } = createCursors({ ...store, epochs, latest: () => latest });
      expect(cursors.map(({ cursor }) => decode(cursor))).toEqual(cursors.map(({ position }) => position));
      const [next] = await eventLog.page(cursors.at(-1)!.position, 1, {});
      expect(next).toMatchObject({ position: cursors.length + 1, callId: 'call_after 1' });
      await leave();
      await store.close();
    }
  });

  test('continues after an interruption at any batch', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    const batches: string[] = [];
    let isFinished = false;
    for (let run = 1; !isFinished; run++) {
      const interruption = new AbortController();
      let left = run % 4;
      const onRows = (table: string): void => {
        batches.push(table);
        if (left-- === 0) interruption.abort(new Error('interrupted'));
      };
      const task = migrateToPostgres({ ...optionsOf(path, url), onRows, signal: interruption.signal });
      isFinished = await task.then(
        ({ isVerified }) => isVerified,
        (error: Error) => {
          expect(error.message).toBe('interrupted');
          return false;
        },
      );
      if (!isFinished) expect(await codeOf(openPostgres({ url }))).toBe('MIGRATION_UNFINISHED');
      expect(run).toBeLessThan(100);
    }
    expect(batches.length).toBeGreaterThan(15);
    await (await openPostgres({ url })).close();
  });

  test('replaces what PostgreSQL cannot store, and counts the rows', async () => {
    const { path } = createSourceFile({ texts: ['nul \0, half \ud800, \\u0000', 'plain \\ud800'] });
    const sqlite = new Sqlite(path);
    sqlite.exec(`update calls set created_at = 8.5 where id = 'call_numbers'`);
    sqlite.close();
    const url = await createDatabase();
    const report = await migrateToPostgres(optionsOf(path, url));
    expect(report.isVerified).toBe(true);
    const changed = report.tables.filter(({ changedRows }) => changedRows > 0);
    expect(changed).toMatchObject([
      { table: 'calls', changedRows: 1 },
      { table: 'events', changedRows: 1 },
      { table: 'utterances', changedRows: 1 },
    ]);
    const store = await openPostgres({ url });
    const texts = await storeOn(store).ledger.utterances('call_numbers' as never);
    // The file contains three bytes of half a pair, which the daemon has always returned as three characters.
    expect(texts.map(({ text }) => text)).toEqual([
      'nul \ufffd, half \ufffd\ufffd\ufffd, \\u0000',
      'plain \\ud800',
    ]);
    expect(await storeOn(store).ledger.get('call_numbers' as never)).toMatchObject({ createdAt: 8 });
    await store.close();
  });

  test('finds transcripts afterwards, without indexing by the daemon', async () => {
    const { path } = createSourceFile({ texts: ['where is my order', '…', 'the order left'] });
    const url = await createDatabase();
    await migrateToPostgres(optionsOf(path, url));
    const store = await openPostgres({ url });
    const { ledger } = storeOn(store);
    expect(await ledger.indexWords()).toBe(false);
    const rows = await store.session.rows<{ words: string }>({
      text: `select words from utterance_words where call_id = 'call_numbers' order by position`,
    });
    // The second one has no words.
    expect(rows.map(({ words }) => words)).toEqual([' where is my order ', ' the order left ']);
    await store.close();
  });

  test('moves what earlier releases have stored, before the totals are filled', async () => {
    const path = join(tempDir(), 'old.db');
    createAtSchema(path, LATEST_SCHEMA - 1);
    openDatabase(path, 'normal', { copies: 0 }).close();
    const report = await migrateToPostgres(optionsOf(path, await createDatabase()));
    expect(report).toMatchObject({ isVerified: true, problems: [], notes: [] });
    expect(report.tables.filter(({ note }) => note !== undefined)).toMatchObject([
      { table: 'call_totals', note: 'compared with the calls in PostgreSQL' },
      { table: 'call_measures' },
    ]);
  });

  test('has the triggers keep the totals afterwards', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    await migrateToPostgres(optionsOf(path, url));
    const store = await openPostgres({ url });
    const count = async (): Promise<number> => {
      const [row] = await store.session.rows<{ n: number }>({
        text: `select coalesce(sum(calls), 0)::bigint as n from call_totals where period = 'MONTH'`,
      });
      return row!.n;
    };
    const before = await count();
    expect(before).toBeGreaterThan(0);
    await store.session.run({ text: `delete from calls where id = 'call_numbers'` });
    expect(await count()).toBe(before - 1);
    await store.close();
  });

  test('reports rows that differ, and is not finished then', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    const changes = [
      `update events set fact = '{}' where position = 2`,
      `delete from plugin_state where provider_id = 'vapi'`,
      `update waveforms set peaks = '\\x00'`,
      `update meta set value = 'x' where key = 'redaction_key'`,
      `update log_head set position = 1`,
      `update audit_log set by_name = 'eve' where seq = 2`,
      `alter table calls disable trigger user`,
      `update call_totals set calls = 99`,
    ];
    await migrateToPostgres(optionsOf(path, url));
    const pools = await createPools({ url });
    const session = new Session(pools, new StoreHealth());
    expect(await verifyAuditAt({ url })).toMatchObject({ intact: true });
    for (const text of changes) await session.run({ text });
    expect(await verifyAuditAt({ url })).toMatchObject({ intact: false, brokenAt: 2 });
    const report = await verifyOnly(optionsOf(path, url));
    expect(report.isVerified).toBe(false);
    expect(report.tables.filter(({ isEqual }) => !isEqual).map(({ table }) => table)).toEqual([
      'events',
      'waveforms',
      'audit_log',
      'plugin_state',
      'call_totals',
    ]);
    expect(report.problems).toEqual([
      'the chain of the audit log is broken at the entry 2',
      'meta: redaction_key differs',
      expect.stringMatching(/^log_head: expected \d+, found 1$/),
      'the trigger call_totals_delete is disabled',
      'the trigger call_totals_insert is disabled',
      'the trigger call_totals_update is disabled',
    ]);
    await pools.close();
  });

  test('is not finished if the databases differ, and can restart then', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    await codeOf(migrateToPostgres({ ...optionsOf(path, url), signal: AbortSignal.abort() }));
    await administerDatabase(
      url,
      `create function lose() returns trigger language plpgsql as 'begin return null; end';
       create trigger lose before insert on notes for each row execute function lose()`,
    );
    expect(await migrateToPostgres(optionsOf(path, url))).toMatchObject({ isVerified: false, problems: [] });
    expect(await codeOf(openPostgres({ url }))).toBe('MIGRATION_UNFINISHED');
    await administerDatabase(url, 'drop trigger lose on notes');
    // What is stored already is not stored again.
    expect(await migrateToPostgres(optionsOf(path, url))).toMatchObject({ isVerified: false });
    const report = await migrateToPostgres({ ...optionsOf(path, url), restarts: true });
    expect(report.isVerified).toBe(true);
  });

  test('creates no tables to compare', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    expect(await codeOf(verifyOnly(optionsOf(path, url)))).toBe('STORE_DATABASE_MISSING');
  });

  test('waits for a batch of another run before it continues', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    const interruption = new AbortController();
    const onRows = (): void => interruption.abort(new Error('interrupted'));
    await codeOf(migrateToPostgres({ ...optionsOf(path, url), onRows, signal: interruption.signal }));
    const pools = await createPools({ url });
    const session = new Session(pools, new StoreHealth());
    const continued = await session.transaction(async (queries) => {
      const [row] = await queries.rows<{ value: string }>({
        text: `select value from meta where key = 'migration' for update`,
      });
      const task = migrateToPostgres(optionsOf(path, url));
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await expect
        .poll(() => session.rows({ text: waiting }), { timeout: 30_000, interval: 5 })
        .toHaveLength(1);
      // It may have changed everything that the row says.
      await queries.run({ text: 'delete from calls' });
      await queries.run({
        text: `update meta set value = $1 where key = 'migration'`,
        values: [JSON.stringify({ ...(JSON.parse(row!.value) as object), step: 'calls', last: null })],
      });
      return { task };
    });
    expect(await continued.task).toMatchObject({ isVerified: true });
    await pools.close();
  });

  test('keeps daemons from the file until it ends', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    const starts: unknown[] = [];
    const onRows = (): void => {
      try {
        openDatabase(path, 'normal').close();
      } catch (error) {
        starts.push(isFault(error) && error.code);
      }
    };
    const report = await migrateToPostgres({ ...optionsOf(path, url), onRows });
    expect(report.isVerified).toBe(true);
    expect(new Set(starts)).toEqual(new Set(['STORE_IN_USE']));
    openDatabase(path, 'normal').close();
  });

  test('can be estimated while a daemon runs, without a change', async () => {
    const { path } = createSourceFile();
    const url = await createDatabase();
    const database = openDatabase(path, 'normal');
    const estimate = await estimateMigration({ from: path, to: { url } });
    database.close();
    expect(estimate.tables.map(({ table }) => table)).toEqual(COPIED_TABLES.map(({ name }) => name));
    expect(estimate.rows).toBe(estimate.tables.reduce((sum, { rows }) => sum + rows, 0));
    expect(Math.min(estimate.bytes, estimate.sourceBytes, estimate.ms)).toBeGreaterThan(0);
    const report = await migrateToPostgres(optionsOf(path, url));
    expect(report.isVerified).toBe(true);
  });

  describe('is refused', () => {
    test('while a daemon uses the file', async () => {
      const { path } = createSourceFile();
      const url = await createDatabase();
      const database = openDatabase(path, 'normal');
      expect(await codeOf(migrateToPostgres(optionsOf(path, url)))).toBe('STORE_IN_USE');
      database.close();
    });

    test('if a daemon has used the database, or a migration has finished', async () => {
      const { path } = createSourceFile();
      const url = await createDatabase();
      await (await openPostgres({ url })).close();
      expect(await codeOf(migrateToPostgres({ ...optionsOf(path, url), restarts: true }))).toBe(
        'MIGRATION_TARGET_NOT_EMPTY',
      );
      const other = await createDatabase();
      const report = await migrateToPostgres(optionsOf(path, other));
      const again = { ...optionsOf(path, other), restarts: true };
      expect(await codeOf(migrateToPostgres(again))).toBe('MIGRATION_TARGET_NOT_EMPTY');
      // It may have been killed before it could report.
      expect(await migrateToPostgres(optionsOf(path, other))).toEqual(report);
      const store = await openPostgres({ url: other });
      await (await joinAlone(store)).leave();
      await store.close();
      expect(await codeOf(migrateToPostgres(optionsOf(path, other)))).toBe('MIGRATION_TARGET_NOT_EMPTY');
    });

    test('if the file was written to since the interruption, unless it restarts', async () => {
      const { path } = createSourceFile();
      const url = await createDatabase();
      const interruption = AbortSignal.abort(new Error('interrupted'));
      await codeOf(migrateToPostgres({ ...optionsOf(path, url), signal: interruption }));
      expect(await codeOf(migrateToPostgres(optionsOf(createSourceFile({ seed: 8 }).path, url)))).toBe(
        'MIGRATION_SOURCE_CHANGED',
      );
      openDatabase(path, 'normal').close();
      expect(await codeOf(migrateToPostgres(optionsOf(path, url)))).toBe('MIGRATION_SOURCE_CHANGED');
      expect(await migrateToPostgres({ ...optionsOf(path, url), restarts: true })).toMatchObject({
        isVerified: true,
      });
    });

    test('if the file has the tables of an earlier release', async () => {
      const { path } = createSourceFile();
      const sqlite = new Sqlite(path);
      sqlite.exec(
        'delete from __drizzle_migrations where created_at = (select max(created_at) from __drizzle_migrations)',
      );
      sqlite.close();
      expect(await codeOf(migrateToPostgres(optionsOf(path, await createDatabase())))).toBe(
        'MIGRATION_SOURCE_OUTDATED',
      );
    });

    test('to the run that another one has overtaken', async () => {
      const { path } = createSourceFile();
      const url = await createDatabase();
      const copy = `${path}.copy`;
      const backup = new Sqlite(path);
      await backup.backup(copy);
      backup.close();
      let other: Promise<unknown> | undefined;
      const first = migrateToPostgres({
        ...optionsOf(path, url),
        onRows: () => {
          other ??= migrateToPostgres(optionsOf(copy, url));
        },
      });
      // One of them ends, whichever it is; the other one finishes.
      const results = [await codeOf(first), await codeOf(other!)];
      expect(new Set(results)).toEqual(new Set(['MIGRATION_RUNNING', 'none']));
    });
  });

  test('treats every table of both databases', async () => {
    const { path } = createSourceFile();
    const sqlite = new Sqlite(path);
    const names = sqlite
      .prepare<[], string>(`select name from sqlite_schema where type = 'table'`)
      .pluck()
      .all();
    sqlite.close();
    const known = Object.values(sqliteSchema as Record<string, Table>).map((table) => getTableName(table));
    expect(names.filter((name) => !OTHER_SQLITE_TABLES.test(name)).toSorted()).toEqual(known.toSorted());
    const url = await createDatabase();
    const store = await openPostgres({ url });
    const rows = await store.session.rows<{ name: string }>({
      text: `select tablename as name from pg_tables where schemaname = 'public' and tablename <> '__drizzle_migrations'`,
    });
    await store.close();
    expect(rows.map(({ name }) => name).toSorted()).toEqual(POSTGRES_TABLES.toSorted());
    expect(Object.keys(TREATMENTS).length).toBe(new Set([...known, ...POSTGRES_TABLES]).size);
  });
});
