/** Follows the guide to backups and upgrades with the built daemon, from a database of the first release. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createAtSchema } from '../packages/daemon/test/support/earlier-schema.ts';
import { follow } from '../test/support/commands.ts';
import { query, startDaemon } from './support/daemon.ts';
import { folderWithPrograms, shell } from './support/shell.ts';

/** A folder with a database of the first release, a configuration, and `sidetone` on the path. */
function newFolder(): string {
  const folder = folderWithPrograms();
  for (const name of ['data', 'data/recordings']) mkdirSync(join(folder, name));
  createAtSchema(join(folder, 'data/sidetone.db'), 3);
  writeFileSync(join(folder, 'data/recordings/call_1.wav'), 'RIFF');
  return folder;
}

const configOf = (folder: string, data: string): string => {
  const file = join(folder, `${data}.yaml`);
  writeFileSync(
    file,
    `server: { port: 0 }\nstorage: { path: '${folder}/${data}/sidetone.db' }\nproviders: {}\n`,
  );
  return file;
};

const migrationsIn = (file: string): unknown => {
  const sqlite = new Sqlite(file, { readonly: true });
  const found = sqlite.prepare('select count(*) from __drizzle_migrations').pluck().get();
  sqlite.close();
  return found;
};
const CALLS = '{ calls { nodes { id utterances { nodes { text } } } } }';

test('the guide: back up while the daemon runs, verify, restore elsewhere, upgrade and go back', async () => {
  const folder = newFolder();
  const daemon = await startDaemon(configOf(folder, 'data'));
  const stored = await query(daemon.url, CALLS);
  expect(JSON.stringify(stored)).toContain('Hello there');
  expect(readdirSync(join(folder, 'data'))).toContain('sidetone.db.schema-3');
  const guide = follow('docs/guide/back-up-and-upgrade.md');
  const run = (beginning: string) => shell(folder, guide.take(beginning));
  expect(await run('sidetone backup ./backup/sidetone.db')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 recordings'),
  });
  expect(await run('sidetone restore ./backup/sidetone.db --verify')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(': intact'),
  });
  expect(await run('sidetone restore ./backup/sidetone.db --to')).toMatchObject({ code: 0 });
  expect(await run('sidetone backup ./backup/before-upgrade.db')).toMatchObject({ code: 0 });
  expect(await run('sidetone restore ./backup/before-upgrade.db --verify')).toMatchObject({ code: 0 });
  await daemon.end('SIGTERM');

  const elsewhere = await startDaemon(configOf(folder, 'restored'));
  expect(await query(elsewhere.url, CALLS)).toEqual(stored);
  expect(readdirSync(join(folder, 'restored/recordings'))).toEqual(['call_1.wav']);
  await elsewhere.end('SIGTERM');

  expect(await run('mv ./data/sidetone.db')).toMatchObject({ code: 0 });
  const goBack = guide.take('cp ./data/sidetone.db.schema').replace('schema-9', 'schema-3');
  expect(await shell(folder, goBack)).toMatchObject({ code: 0 });
  expect(migrationsIn(join(folder, 'data/sidetone.db'))).toBe(3);
});

test('a backup that cannot be written, exists or is damaged fails with its exit code, and leaves nothing', async () => {
  const folder = newFolder();
  const full = await shell(folder, 'ulimit -f 40; sidetone backup ./full/x.db');
  expect(full).toMatchObject({ code: 1, stderr: expect.stringContaining('[BACKUP_FAILED]') });
  expect(readdirSync(join(folder, 'full'))).toEqual([]);
  expect(await shell(folder, 'sidetone backup ./x.db --json')).toMatchObject({ code: 0, stderr: '' });
  expect(await shell(folder, 'sidetone backup ./x.db')).toMatchObject({ code: 2 });
  expect(await shell(folder, 'sidetone restore ./x.db --to ./data')).toMatchObject({ code: 2 });
  await shell(folder, `printf x | dd of=./x.db bs=1 seek=5000 conv=notrunc`);
  const { code, stdout } = await shell(folder, 'sidetone restore ./x.db --verify --json');
  expect([code, (JSON.parse(stdout) as { isIntact: boolean }).isIntact]).toEqual([1, false]);
  expect(await shell(folder, 'sidetone restore ./x.db --to ./new')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('[BACKUP_INVALID]'),
  });
  expect(existsSync(join(folder, 'new/sidetone.db'))).toBe(false);
});

test('a restore names the tokens that are valid in the restored database', async () => {
  const folder = newFolder();
  const database = '--database ./fresh/sidetone.db';
  for (const name of ['ada', 'former'])
    await shell(folder, `sidetone token create ${name} --scope read ${database}`);
  await shell(folder, `sidetone token revoke former ${database}`);
  expect(await shell(folder, `sidetone backup ./with-tokens.db ${database}`)).toMatchObject({
    code: 0,
  });
  expect(await shell(folder, 'sidetone restore ./with-tokens.db --to ./elsewhere')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/access tokens are valid in it.*: ada\. /),
  });
});
