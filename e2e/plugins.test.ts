/** Faulty plugins in the built daemon: their failures do not affect the daemon or other plugins. */
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { query, startDaemon, tempDir, until } from './support/daemon.ts';
import { sidetone } from './support/process.ts';

const dir = tempDir();
const ECHO = fileURLToPath(new URL('../examples/echo-provider', import.meta.url));
const OPTIONS = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`;

/** A plugin whose webhook does what its path says, while other providers have calls, and that never clears its timer. */
const WILD = `
const acts = {
  throw: () => { throw new Error('thrown in a timer'); },
  reject: () => void Promise.reject(new Error('rejected in a timer')),
};
setInterval(() => {}, 1000);
export default {
  name: 'wild', displayName: 'Wild', contract: 1, options: ${OPTIONS},
  create: () => ({
    start: async () => {},
    stop: () => new Promise(() => {}),
    ingress: { request: async ({ path }) => (setTimeout(acts[path] ?? (() => {}), 0), { status: 204 }) },
  }),
};
`;

describe('a plugin that throws in timers and hangs when it is stopped', () => {
  test('affects neither the daemon nor another provider', async () => {
    writeFileSync(join(dir, 'wild.mjs'), WILD);
    const config = join(dir, 'sidetone.yaml');
    writeFileSync(
      config,
      `server: { port: 0 }
storage: { path: '${join(dir, 'sidetone.db')}' }
providers:
  wild: { plugin: ./wild.mjs }
  other: { plugin: ./wild.mjs }
  broken: { plugin: ./broken.mjs }
`,
    );
    writeFileSync(join(dir, 'broken.mjs'), 'export default {\n  a: 1\n  b: 2 };');
    const daemon = await startDaemon(config);
    expect(daemon.stderr()).toContain(`(${join(dir, 'broken.mjs')}:3)`);
    const post = (path: string) => fetch(`${daemon.url}providers/${path}`, { method: 'POST' });
    for (const act of ['throw', 'reject']) expect((await post(`wild/${act}`)).status).toBe(204);
    await until(
      () => /thrown in a timer/.test(daemon.stderr()) && /rejected in a timer/.test(daemon.stderr()),
      'both log lines',
    );
    expect(daemon.stderr()).toContain('"code":"UNCAUGHT_EXCEPTION"');
    expect((await post('other/nothing')).status).toBe(204);
    expect(await query(daemon.url, '{ providers { id state } }')).toEqual({
      providers: [
        { id: 'wild', state: 'RUNNING' },
        { id: 'other', state: 'RUNNING' },
        { id: 'broken', state: 'FAILED' },
      ],
    });
    expect(await daemon.end('SIGTERM')).toBe(0);
    expect(daemon.stderr()).toContain('PLUGIN_STOP_TIMEOUT');
  });
});

describe('`sidetone conform`', () => {
  const conform = async (...args: string[]): Promise<{ code: number | null; card: string }> => {
    const process = sidetone(['conform', ...args]);
    return { code: await process.exit(), card: process.stdout() };
  };

  test('prints the report of a plugin that passes', async () => {
    const { code, card } = await conform('./examples/echo-provider');
    expect(card).toMatch(/^Echo \(echo\), contract 1, kit \d+\.\d+\.\d+\n/);
    expect(code).toBe(0);
  });

  test('exits with 1 for a plugin that fails, although it leaves a timer running', async () => {
    const folder = join(dir, 'broken');
    mkdirSync(folder);
    symlinkSync(join(ECHO, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(
      join(folder, 'conformance.js'),
      `import { conformance as whole } from ${JSON.stringify(join(ECHO, 'conformance.js'))};
       setInterval(() => {}, 1000);
       const { plugin } = whole;
       const create = (...given) => ({ ...plugin.create(...given), stop: async () => {} });
       export const conformance = { ...whole, plugin: { ...plugin, create } };`,
    );
    const { code, card } = await conform(folder, '--json');
    expect((JSON.parse(card) as { must: { failed: number } }).must.failed).toBeGreaterThan(0);
    expect(code).toBe(1);
  });

  test('exits with 2 for a missing plugin', async () => {
    const { code, card } = await conform('./no-such-plugin');
    expect([code, card]).toEqual([2, expect.stringMatching(/^No plugin to audit at \.\/no-such-plugin/)]);
  });
});

test('`sidetone dev` starts a daemon again when its plugin changes, and reports why it cannot', async () => {
  const folder = tempDir();
  for (const name of ['index.js', 'conformance.js', 'package.json'])
    copyFileSync(join(ECHO, name), join(folder, name));
  symlinkSync(join(ECHO, 'node_modules'), join(folder, 'node_modules'));
  const module = join(folder, 'index.js');
  const source = readFileSync(module, 'utf8');
  const dev = sidetone(['dev', folder, '--port', '0']);
  const [, url] = await dev.saw(/listens at (http\S+)/);
  await dev.saw(/^MUST (\d+) of \1, SHOULD (\d+) of \2,/m);

  writeFileSync(module, source.replace("displayName: 'Echo'", "displayName: 'Echo' 'again'"));
  await dev.saw(/index\.js changed: starting again/);
  await until(() => /load failed: .*index\.js:\d+/.test(dev.stderr()), 'the reason with its line');

  writeFileSync(module, source.replace("displayName: 'Echo'", "displayName: 'Second'"));
  await until(async () => {
    const { providers } = await query(url!, '{ providers { displayName state } }').catch(() => ({
      providers: [],
    }));
    return providers[0]?.displayName === 'Second' && providers[0].state === 'RUNNING';
  }, 'the changed plugin');
  expect(await dev.end('SIGINT')).toBe(0);
});
