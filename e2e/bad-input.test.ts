/** Errors before and outside of calls: one line with a remedy, and stored data is untouched. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { sidetone } from './support/process.ts';

const dir = tempDir();
const nowhere = { url: 'http://127.0.0.1:9' };

/** Runs a daemon that cannot start and returns its exit code and output. */
async function runFailing(config: string): Promise<{ code: number | null; output: string }> {
  const process = sidetone(['start', '--config', config]);
  const code = await process.exit();
  expect(process.stdout()).toBe('');
  return { code, output: process.stderr() };
}

function write(name: string, text: string): string {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

describe('an invalid configuration fails with one line:', () => {
  test('a missing file', async () => {
    const { code, output } = await runFailing(join(dir, 'none.yaml'));
    expect([code, output]).toEqual([
      78,
      expect.stringMatching(
        /^sidetone: .*none\.yaml: cannot read the file \(ENOENT\)\. [^\n]+ \[CONFIG_UNREADABLE\]\n$/,
      ),
    ]);
  });

  test('no option, and no file with the default name', async () => {
    const process = sidetone(['start'], {}, { cwd: tempDir() });
    expect([await process.exit(), process.stderr()]).toEqual([
      78,
      expect.stringMatching(
        /^sidetone: sidetone\.yaml: cannot read the file \(ENOENT\)\. [^\n]+--config[^\n]+ \[CONFIG_UNREADABLE\]\n$/,
      ),
    ]);
  });

  test('an unknown key', async () => {
    const { code, output } = await runFailing(write('typo.yaml', 'server: { prot: 4000 }'));
    expect([code, output]).toEqual([
      78,
      expect.stringMatching(/^sidetone: .*typo\.yaml: server\.prot: unknown key[^\n]+\[CONFIG_INVALID\]\n$/),
    ]);
  });

  test('an invalid plugin option, without its value', async () => {
    const file = writeConfig(tempDir(), nowhere);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('demo-vapi-key', 'demo-vapi-key\n      x: hunter2'),
    );
    const { code, output } = await runFailing(file);
    expect([code, output]).toEqual([
      78,
      expect.stringMatching(/^sidetone: providers\.vapi\.options[^\n]+\[CONFIG_INVALID\]\n$/),
    ]);
    expect(output).not.toContain('hunter2');
  });

  test('a public listen address without access tokens', async () => {
    const { code, output } = await runFailing(write('open.yaml', 'server: { host: 0.0.0.0, port: 0 }'));
    expect([code, output]).toEqual([
      78,
      expect.stringMatching(
        /^sidetone: .*open\.yaml: server\.host: expected [^\n]+auth\.tokens[^\n]+\[CONFIG_INVALID\]\n$/,
      ),
    ]);
  });

  test('an unset variable', async () => {
    const { code, output } = await runFailing(write('var.yaml', 'storage: { path: "${SIDETONE_NOWHERE}" }'));
    expect([code, output]).toEqual([
      78,
      expect.stringContaining('storage.path: the environment variable SIDETONE_NOWHERE is not set'),
    ]);
  });
});

describe('a database cannot be opened:', () => {
  const configFor = (path: string): string =>
    write(`for-${path.split('/').at(-1)}.yaml`, `server: { port: 0 }\nstorage: { path: '${path}' }`);

  test('a file that is not a database', async () => {
    const file = write('diary.db', 'Dear diary, '.repeat(500));
    const { code, output } = await runFailing(configFor(file));
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(
        /^sidetone: .*diary\.db: open failed: file is not a database [^\n]+\[STORE_NOT_A_DATABASE\]\n$/,
      ),
    ]);
    expect(readFileSync(file, 'utf8')).toBe('Dear diary, '.repeat(500));
  });

  test('a database of a newer release', async () => {
    const path = join(dir, 'newer.db');
    const config = configFor(path);
    await (await startDaemon(config)).end('SIGTERM');
    const db = new Sqlite(path);
    db.pragma('journal_mode = delete');
    db.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 4102444800000)");
    db.close();
    const before = readFileSync(path);
    const { code, output } = await runFailing(config);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(
        /^sidetone: .*newer\.db: was written by a newer release[^\n]+\[STORE_SCHEMA_NEWER\]\n$/,
      ),
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('a database that another daemon uses', async () => {
    const config = configFor(join(dir, 'shared.db'));
    await startDaemon(config);
    const { code, output } = await runFailing(config);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/is in use by another daemon[^\n]+\[STORE_IN_USE\]\n$/),
    ]);
  });
});

test('an unknown plugin is FAILED with a reason; the daemon and the others run', async () => {
  const file = writeConfig(tempDir(), nowhere);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace("'@sidetone/plugin-vapi'", "'@sidetone/plugin-vpai'"),
  );
  const daemon = await startDaemon(file);
  const { providers } = await query(daemon.url, '{ providers { id state stateMessage } }');
  expect(providers).toMatchObject([
    {
      id: 'vapi',
      state: 'FAILED',
      stateMessage: expect.stringMatching(/^plugin @sidetone\/plugin-vpai: not found from/),
    },
    { id: 'vobiz', state: expect.stringMatching(/^(STARTING|DEGRADED)$/) },
  ]);
  const lines = daemon
    .stderr()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter((line) => line['level'] === 'error')).toMatchObject([
    { part: 'provider vapi', code: 'PLUGIN_NOT_FOUND' },
  ]);
});

describe('invalid requests', () => {
  test('a malformed webhook is answered with 400 and a code, without an event', async () => {
    const daemon = await startDaemon(writeConfig(tempDir(), nowhere));
    const before = (await query(daemon.url, '{ latestCursor }')).latestCursor;
    for (const [path, body] of [
      ['vapi/webhook', '{"message": {"type": "transcr'],
      ['vapi/webhook', '[]'],
      ['vobiz/answer', 'Event=StartApp'],
      ['vobiz/hangup', 'nonsense'],
    ]) {
      const response = await fetch(`${daemon.url}providers/${path}`, {
        method: 'POST',
        headers: {
          'content-type': path!.startsWith('vapi') ? 'application/json' : 'application/x-www-form-urlencoded',
        },
        body: body!,
      });
      expect([path, response.status, await response.text()]).toEqual([
        path,
        400,
        expect.stringMatching(/^WIRE_MALFORMED: [^\n]+\n$/),
      ]);
    }
    expect((await query(daemon.url, '{ latestCursor }')).latestCursor).toBe(before);
  });

  test('a stream with an unknown token is rejected at the upgrade', async () => {
    const daemon = await startDaemon(writeConfig(tempDir(), nowhere));
    const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}providers/vobiz/stream/guessed`);
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('open', () => resolve('opened'));
    });
    expect(status).toBe(404);
    const line = await until(
      () =>
        daemon
          .stderr()
          .split('\n')
          .find((entry) => entry.includes('provider WebSocket rejected')),
      'the log line',
    );
    expect(line).not.toContain('guessed');
  });
});
