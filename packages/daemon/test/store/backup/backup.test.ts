/** A backup of a database that is being written to, its verification, and its restore elsewhere. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCursors } from '../../../src/calls/cursor.ts';
import { digestFile } from '../../../src/files/copy-file.ts';
import { createBackup, type BackupOptions } from '../../../src/store/backup/backup.ts';
import { filesOf, readManifest } from '../../../src/store/backup/manifest.ts';
import { restoreBackup } from '../../../src/store/backup/restore.ts';
import { verifyBackup } from '../../../src/store/backup/verify.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createEventLog } from '../../../src/store/event-log.ts';
import { createHarness, numberedUtterance, type Harness } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const root = tempDir();
const recordings = join(root, 'recordings');
const version = '1.2.3';
let harness: Harness;
let database: string;
let callId: CallId;
let count = 0;
const newFile = (): string => join(root, String(count++), 'backup.db');
const utterancesIn = (file: string): number => {
  const sqlite = new Sqlite(file, { readonly: true });
  const found = sqlite.prepare<[], number>('select count(*) from utterances').pluck().get()!;
  sqlite.close();
  return found;
};
const backUp = (file: string, options: Partial<BackupOptions> = {}): ReturnType<typeof createBackup> =>
  createBackup({ database, file, version, ...options });

beforeAll(() => {
  harness = createHarness(join(root, 'data'));
  database = harness.database.db.$client.name;
  callId = harness.emit(numberedUtterance(1));
  void harness.ingest.storeNow();
  // Several steps of the copy.
  harness.database.db.$client.exec(`
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000)
    insert into waveforms select 'call', 'CUSTOMER', i, zeroblob(4000) from n`);
  harness.database.db.$client
    .prepare(
      `insert into recordings (call_id, state, started_at, channels, sample_rate) values (?, 'RECORDING', 1, 2, 16000)`,
    )
    .run(callId);
  mkdirSync(recordings);
  writeFileSync(join(recordings, `${callId}.wav`), 'RIFF and so on');
  writeFileSync(join(recordings, 'of-no-call.wav'), 'RIFF');
});
afterAll(() => harness.database.close());

describe('a backup', () => {
  test('has what was stored when it began, although more is stored meanwhile', async () => {
    const file = newFile();
    const before = utterancesIn(database);
    const position = latest();
    let steps = 0;
    const manifest = await backUp(file, {
      onProgress: () => {
        harness.emit(numberedUtterance(100 + steps++));
        void harness.ingest.storeNow();
      },
    });
    expect(manifest.database).toMatchObject({ position, logId: harness.database.logId });
    expect([utterancesIn(file), utterancesIn(database)]).toEqual([before, before + steps]);
    // A copy that each write starts again would never end.
    const pages = statSync(file).size / 4096;
    expect(steps).toBeLessThanOrEqual(pages / 256 + 2);
    expect(steps).toBeGreaterThan(3);
  });

  test('is one file for its owner with a manifest, whatever the umask is', async () => {
    const file = newFile();
    const umask = process.umask(0);
    try {
      await backUp(file, { recordings });
    } finally {
      process.umask(umask);
    }
    const folder = join(file, '..');
    expect(readdirSync(folder).toSorted()).toEqual([
      'backup.db',
      'backup.db.manifest.json',
      'backup.db.recordings',
    ]);
    const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect(modeOf(folder)).toBe('700');
    expect(Object.values(filesOf(file)).map(modeOf)).toEqual(['600', '600', '700']);
    expect(readdirSync(`${file}.recordings`)).toEqual([`${callId}.wav`]);
    expect(modeOf(join(`${file}.recordings`, `${callId}.wav`))).toBe('600');
  });

  test('has a compressed recording as it is stored', async () => {
    const file = newFile();
    const folder = `${file}.live`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${callId}.flac`), 'fLaC and so on');
    writeFileSync(join(folder, `${callId}.flac.partial`), 'fLaC');
    await backUp(file, { recordings: folder });
    expect(readdirSync(`${file}.recordings`)).toEqual([`${callId}.flac`]);
    expect((await verifyBackup(file)).isIntact).toBe(true);
  });

  test('replaces no file, except with force', async () => {
    const file = newFile();
    await backUp(file, { recordings });
    const first = readFileSync(file);
    await expect(backUp(file)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    harness.emit(numberedUtterance(50 + count));
    void harness.ingest.storeNow();
    await backUp(file, { force: true });
    expect(readFileSync(file).equals(first)).toBe(false);
    expect(existsSync(`${file}.recordings`)).toBe(false);
    expect(await verifyBackup(file)).toMatchObject({ isIntact: true });
  });

  test('replaces only backups, and never the database itself', async () => {
    const before = statSync(database).ino;
    await expect(backUp(database, { force: true })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(statSync(database).ino).toBe(before);
  });

  test('leaves nothing if it is interrupted, and keeps an earlier one', async () => {
    const file = newFile();
    await backUp(file);
    const names = readdirSync(join(file, '..'));
    const interruption = new AbortController();
    const onProgress = (): void => interruption.abort(new Error('interrupted'));
    const interrupted = backUp(file, { force: true, onProgress, signal: interruption.signal });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(readdirSync(join(file, '..'))).toEqual(names);
    expect(await verifyBackup(file)).toMatchObject({ isIntact: true });
  });

  test('leaves nothing if a file cannot be written', async () => {
    const file = newFile();
    const folder = join(root, 'unreadable');
    mkdirSync(join(folder, `${callId}.wav`), { recursive: true });
    await expect(backUp(file, { recordings: folder })).rejects.toMatchObject({ code: 'BACKUP_FAILED' });
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  test('is not made of a file that is not a database of Sidetone', async () => {
    const other = join(root, 'other.txt');
    writeFileSync(other, 'Dear diary, '.repeat(1000));
    const codes = [
      [other, 'STORE_NOT_A_DATABASE'],
      [join(root, 'nowhere.db'), 'STORE_UNREADABLE'],
    ] as const;
    for (const [path, code] of codes)
      await expect(backUp(newFile(), { database: path })).rejects.toMatchObject({ code });
  });
});

const cursorsOf = (opened: Database) => createCursors(createEventLog(opened));

const latest = (): number =>
  harness.database.db.$client.prepare<[], number>('select max(position) from events').pluck().get()!;

describe('the verification', () => {
  const problemsIn = async (file: string): Promise<readonly string[]> =>
    (await verifyBackup(file)).checks.flatMap(({ check, problems }) => (problems.length > 0 ? check : []));

  test('accepts a backup, and changes nothing', async () => {
    const file = newFile();
    await backUp(file, { recordings });
    const names = readdirSync(join(file, '..'));
    expect(await verifyBackup(file)).toMatchObject({ isIntact: true });
    expect(readdirSync(join(file, '..'))).toEqual(names);
  });

  test.each<[string, (file: string) => void, string[]]>([
    ['a changed byte of the database', (file) => flip(file, 5000), ['checksum']],
    [
      'a truncated database',
      (file) => writeFileSync(file, readFileSync(file).subarray(0, 8192)),
      ['checksum', 'integrity'],
    ],
    ['a missing database', (file) => rmSync(file), ['checksum']],
    ['a changed recording', (file) => flip(join(`${file}.recordings`, `${callId}.wav`), 3), ['recordings']],
    ['a missing recording', (file) => rmSync(join(`${file}.recordings`, `${callId}.wav`)), ['recordings']],
    ['a missing manifest', (file) => rmSync(`${file}.manifest.json`), ['manifest']],
    [
      'a manifest of another format',
      (file) => writeFileSync(`${file}.manifest.json`, '{"format":9}'),
      ['manifest'],
    ],
  ])('finds %s', async (_what, damage, found) => {
    const file = newFile();
    await backUp(file, { recordings });
    damage(file);
    expect(await problemsIn(file)).toEqual(expect.arrayContaining(found));
    await expect(restoreBackup({ file, folder: join(root, `x${count++}`) })).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
    });
  });

  test('finds a changed audit log, although the checksum is that of the manifest', async () => {
    const file = newFile();
    await backUp(file);
    const sqlite = new Sqlite(file);
    sqlite.exec(`
      insert into audit_log (seq, at, by_name, action, call_digest, hash) values (1, 2, 'x', 'y', '', 'z')`);
    sqlite.close();
    const manifest = readManifest(file);
    const database = { ...manifest.database, ...(await digestFile(file)) };
    writeFileSync(`${file}.manifest.json`, JSON.stringify({ ...manifest, database }));
    expect(await problemsIn(file)).toEqual(['audit log']);
  });

  const flip = (path: string, at: number): void => {
    const bytes = readFileSync(path);
    bytes[at]! ^= 1;
    chmodSync(path, 0o600);
    writeFileSync(path, bytes);
  };
});

describe('a restored backup', () => {
  test('opens elsewhere, with its recordings, and rejects cursors of later events', async () => {
    const file = newFile();
    await backUp(file, { recordings });
    const { position } = (await verifyBackup(file)).manifest!.database;
    harness.emit(numberedUtterance(70 + count));
    void harness.ingest.storeNow();
    const [kept, later] = [position, latest()].map((at) => cursorsOf(harness.database).encode(at));
    const folder = join(root, 'elsewhere', 'data');
    const restored = await restoreBackup({ file, folder });
    expect(readdirSync(restored.recordings!)).toEqual([`${callId}.wav`]);
    const opened = openDatabase(restored.database, 'normal');
    expect(cursorsOf(opened).decode(kept!)).toBe(position);
    expect(() => cursorsOf(opened).decode(later!)).toThrow(
      expect.objectContaining({ code: 'CURSOR_LOG_REPLACED' }),
    );
    opened.close();
  });

  test('replaces no files, and nothing under a running daemon', async () => {
    const file = newFile();
    await backUp(file);
    const running = openDatabase(join(root, 'running', 'sidetone.db'), 'normal');
    await expect(restoreBackup({ file, folder: join(root, 'running') })).rejects.toMatchObject({
      code: 'STORE_IN_USE',
    });
    running.close();
    await expect(restoreBackup({ file, folder: join(root, 'running') })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    const folder = join(root, 'log-only');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'sidetone.db-wal'), 'old');
    await expect(restoreBackup({ file, folder })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  test('leaves nothing if it is interrupted', async () => {
    const file = newFile();
    await backUp(file);
    const folder = join(root, 'interrupted');
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(restoreBackup({ file, folder, signal })).rejects.toThrow('interrupted');
    expect(readdirSync(folder)).toEqual(['sidetone.db.lock']);
  });
});
