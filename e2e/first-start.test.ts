/** A first start on a machine that is not prepared: what is found by itself, and what is reported, with the remedy. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { query, startDaemon, tempDir, writeConfig } from './support/daemon.ts';
import { sidetone, type RunOptions } from './support/process.ts';

const EX_CONFIG = 78;
const nowhere = { url: 'http://127.0.0.1:9' };
const dir = tempDir();
let count = 0;

function newFolder(): string {
  const folder = join(dir, String(count++));
  mkdirSync(folder);
  return folder;
}

function configure(text: string, folder = newFolder()): string {
  const file = join(folder, 'sidetone.yaml');
  writeFileSync(file, text);
  return file;
}

/** Returns the exit code and standard error of a start that fails. */
async function fail(
  config: string,
  { env, ...options }: RunOptions & { readonly env?: Record<string, string> } = {},
): Promise<{ code: number | null; output: string }> {
  const process = sidetone(['start', '--config', config], env, options);
  const code = await process.exit();
  expect(process.stdout()).toBe('');
  return { code, output: process.stderr() };
}

test('bundled plugins are found from any folder and working directory', async () => {
  const folder = newFolder();
  const daemon = sidetone(['start', '--config', writeConfig(folder, nowhere)], {}, { cwd: '/' });
  const [, url] = await daemon.saw(/listens at (http\S+)/);
  const { providers } = await query(url!, '{ providers { id stateMessage } }');
  expect(providers).toMatchObject([{ id: 'vapi' }, { id: 'vobiz' }]);
  expect(JSON.stringify(providers)).not.toContain('not found');
});

test('a start without any plugin that can be loaded fails, and names the folders', async () => {
  const folder = newFolder();
  const config = configure(
    `storage: { path: '${join(folder, 'test.db')}' }\nproviders: { one: { plugin: sidetone-plugin-none }, two: { plugin: ./none.mjs } }`,
    folder,
  );
  const { code, output } = await fail(config, { cwd: '/' });
  expect([code, output]).toEqual([EX_CONFIG, expect.stringContaining('[PLUGINS_UNUSABLE]')]);
  expect(output).toContain(`providers.one: plugin sidetone-plugin-none: not found from ${folder}, /, `);
  expect(output).toContain(`providers.two: plugin ./none.mjs: not found from ${folder} [PLUGIN_NOT_FOUND]`);
});

test('all errors of a configuration are reported at once', async () => {
  const config = configure(`
server: { port: abc, prot: 1 }
log: { level: "\${SIDETONE_NOWHERE}" }
providers:
  vapi: { plugin: '@sidetone/plugin-vapi', options: { apiKye: hunter2 } }
`);
  const { code, output } = await fail(config);
  expect([code, output.split('\n').filter((line) => line.startsWith('  '))]).toEqual([
    EX_CONFIG,
    [
      expect.stringMatching(/^ {2}log\.level: .*SIDETONE_NOWHERE is not set \[CONFIG_VARIABLE_MISSING\]$/),
      expect.stringMatching(/^ {2}server\.port: expected .*received "abc" \[CONFIG_INVALID\]$/),
      '  server.prot: unknown key [CONFIG_INVALID]',
      expect.stringMatching(/^ {2}providers\.vapi\.options\.apiKey: .*\[CONFIG_INVALID\]$/),
      expect.stringMatching(/^ {2}providers\.vapi\.options: .*apiKye.*\[CONFIG_INVALID\]$/),
    ],
  ]);
  expect(output).not.toContain('hunter2');
});

describe('Node.js', () => {
  const preload = (source: string): RunOptions => {
    const file = join(newFolder(), 'preload.cjs');
    writeFileSync(file, source);
    return { node: ['--require', file] };
  };
  const { engines } = JSON.parse(
    readFileSync(new URL('../packages/daemon/package.json', import.meta.url), 'utf8'),
  ) as { engines: { node: string } };
  const pretend = (version: string): RunOptions =>
    preload(
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );

  test.each(['18.20.4', '20.18.3'])(
    'in the release %s is rejected with the expected one',
    async (version) => {
      const { code, output } = await fail(configure(''), pretend(version));
      const minimum = engines.node.replace(/^>=/, '');
      expect([code, output]).toEqual([
        EX_CONFIG,
        expect.stringMatching(
          new RegExp(
            `^sidetone: Node\\.js ${version} is not supported, expected ${minimum} or newer\\. .*\\[NODE_UNSUPPORTED\\]\\n$`,
          ),
        ),
      ]);
    },
  );

  test.each(['20.19.0', '21.0.0', '26.1.0'])('in the release %s is accepted', async (version) => {
    const { output } = await fail(configure('x: 1'), pretend(version));
    expect(output).toContain('x: unknown key');
  });

  test('of another release than the native module is reported as such, not as a failure of the database', async () => {
    const broken = preload(
      `process.dlopen = () => { throw Object.assign(new Error('compiled against a different version\\nsecond line'), { code: 'ERR_DLOPEN_FAILED' }); };`,
    );
    const { code, output } = await fail(
      configure(`storage: { path: '${join(newFolder(), 'x.db')}' }`),
      broken,
    );
    expect([code, output]).toEqual([
      EX_CONFIG,
      expect.stringMatching(
        /^sidetone: the native module of better-sqlite3 .*different version\. Run `npm rebuild` .*\[NATIVE_MODULE_UNUSABLE\]\n$/,
      ),
    ]);
  });
});

describe('a port', () => {
  test('that another program uses is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const database = join(newFolder(), 'x.db');
    const { code, output } = await fail(
      configure(`server: { port: ${port} }\nstorage: { path: '${database}' }`),
    );
    other.close();
    expect([code, output]).toEqual([
      EX_CONFIG,
      expect.stringMatching(
        new RegExp(`port ${port} of 127\\.0\\.0\\.1 is already in use\\. .*\\[PORT_IN_USE\\]`),
      ),
    ]);
  });
});

/** Other users can be tried only by root. */
describe.runIf(process.getuid?.() === 0)('as another user', () => {
  const NOBODY = 65_534;

  test('a database of root is reported with its path and owner', async () => {
    const folder = newFolder();
    const config = configure(
      `server: { port: 0 }\nstorage: { path: '${join(folder, 'data', 'x.db')}' }`,
      folder,
    );
    await (await startDaemon(config)).end('SIGTERM');
    const { code, output } = await failAs(NOBODY, folder, config);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(
        /^sidetone: .*x\.db: open failed: .*the user 65534, cannot write to .*, which belongs to root and has the mode \d+\. .*chown.*\[STORE_UNREADABLE\]\n$/,
      ),
    ]);
  });

  test('a recordings folder of root is reported at the start', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'recordings'), 0o755);
    mkdirSync(join(folder, 'data'));
    chmodSync(join(folder, 'data'), 0o777);
    const config = configure(
      `server: { port: 0 }\nstorage: { path: '${join(folder, 'data', 'x.db')}' }\nrecording: { enabled: true, path: '${join(folder, 'recordings')}' }`,
      folder,
    );
    const { code, output } = await failAs(NOBODY, folder, config);
    expect([code, output]).toEqual([
      EX_CONFIG,
      expect.stringMatching(
        /^sidetone: recording\.path: .*cannot write to .*recordings, which belongs to root and has the mode 755\. .*\[RECORDINGS_UNWRITABLE\]\n$/,
      ),
    ]);
  });

  /** The folder of the test is private to root, so it is opened. */
  async function failAs(uid: number, folder: string, config: string): ReturnType<typeof fail> {
    chmodSync(dir, 0o755);
    chmodSync(folder, 0o755);
    return fail(config, { uid, cwd: '/' });
  }
});

test('folders below /proc fail at once', async () => {
  const { code, output } = await fail(configure(`storage: { path: /proc/sidetone/data/x.db }`));
  expect([code, output]).toEqual([1, expect.stringContaining('[STORE_UNREADABLE]')]);
});

describe('`sidetone backfill`', () => {
  const backfill = async (
    url: string,
    exitCode: number,
    env: Record<string, string> = {},
  ): Promise<string> => {
    const process = sidetone(['backfill', '--provider', 'vapi', '--since', '2026-01-31', '--url', url], env);
    expect(await process.exit()).toBe(exitCode);
    return process.stderr();
  };

  test('reports that no daemon answers', async () => {
    expect(await backfill('http://127.0.0.1:9/', 69)).toMatch(
      /no daemon answers at http:\/\/127\.0\.0\.1:9\/ .*--url.* \[DAEMON_UNREACHABLE\]\n$/,
    );
  });

  test('names SIDETONE_TOKEN if the token is wrong, or has not the scope', async () => {
    const tokens = `auth: { tokens: [{ name: reader, token: reader-reader-reader, scopes: [read] }] }`;
    const daemon = await startDaemon(writeConfig(newFolder(), nowhere, { extra: tokens }));
    expect(await backfill(daemon.url, 77, { SIDETONE_TOKEN: 'wrong-wrong-wrong-wrong' })).toMatch(
      /SIDETONE_TOKEN: .*\[AUTH_REQUIRED\]\n$/,
    );
    expect(await backfill(daemon.url, 77, { SIDETONE_TOKEN: 'reader-reader-reader' })).toMatch(
      /SIDETONE_TOKEN: .*scope admin.*\[FORBIDDEN\]\n$/,
    );
  });
});

test('the first token is created before the first start, and gives and takes access while the daemon runs', async () => {
  const folder = newFolder();
  const config = writeConfig(folder, nowhere, { extra: 'auth: { required: true }' });
  const run = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
    const process = sidetone(['token', ...args], env);
    expect([await process.exit(), process.stderr()]).toEqual([0, expect.not.stringContaining('sidetone:')]);
    return process.stdout().trim();
  };
  const database = /path: '?([^'\n}]+\.db)/.exec(readFileSync(config, 'utf8'))![1]!;
  const admin = {
    SIDETONE_TOKEN: await run(['create', 'admin', '--scope', 'admin', '--database', database]),
  };
  const { url } = await startDaemon(config);
  const reader = await run(['create', 'ada', '--scope', 'read', '--url', url], admin);
  const statusOf = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${url}graphql?query={viewer{name}}`, { headers })).status;
  };
  expect(await statusOf(reader)).toBe(200);
  await run(['revoke', 'ada', '--url', url], admin);
  expect(await statusOf(reader).catch(() => statusOf(reader))).toBe(401);
});
