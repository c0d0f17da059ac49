/** Faulty plugins in the built daemon: their failures do not affect the daemon or other plugins. */
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
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

/** A plugin whose webhook blocks, leaks heap or buffers, ends its thread, or throws in a timer. */
const HARMFUL = `
const acts = {
  async block() { const until = Date.now() + 1500; while (Date.now() < until); },
  async heap() { const kept = []; for (;;) kept.push(new Array(100_000).fill(kept.length)); },
  async buffers() { globalThis.kept = new Uint8Array(64 * 1024 * 1024).fill(1); },
  async exit() { process.exit(3); },
  async throw() { setTimeout(() => { throw new Error('thrown in a timer of a thread'); }, 0); },
  async nothing() {},
};
export default {
  name: 'harmful', displayName: 'Harmful', contract: 1, options: ${OPTIONS},
  create: () => ({
    start: async () => {},
    stop: async () => {},
    ingress: { request: async ({ path }) => (await acts[path](), { status: 204 }) },
  }),
};
`;

describe('an isolated plugin', () => {
  const STATES = '{ providers { id state stateMessage notices { code message } } }';

  test('that blocks, leaks memory, ends or throws disturbs no other provider', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'harmful.mjs'), HARMFUL);
    const config = join(folder, 'sidetone.yaml');
    writeFileSync(
      config,
      `server: { port: 0 }
storage: { path: '${join(folder, 'sidetone.db')}' }
limits: { isolatedPluginBytes: ${32 * 1024 * 1024} }
providers:
  harmful: { plugin: ./harmful.mjs, isolate: true }
  echo: { plugin: '${join(ECHO, 'index.js')}', isolate: true, options: { secret: parrot } }
`,
    );
    const daemon = await startDaemon(config);
    const harm = (act: string) => fetch(`${daemon.url}providers/harmful/${act}`, { method: 'POST' });
    const harmful = async () =>
      (await query(daemon.url, STATES)).providers.find(({ id }: { id: string }) => id === 'harmful');
    const echo = await startEchoCall(daemon.url);

    // While it blocks, webhooks and live audio of the other provider go on.
    let isBlocked = true;
    const blocked = harm('block').finally(() => (isBlocked = false));
    const heardBefore = echo.frames();
    await until(() => echo.frames() >= heardBefore + 25, 'half a second of audio');
    for (let turn = 0; turn < 5; turn++) await echo.say(`sentence ${turn}`);
    expect(isBlocked).toBe(true);
    expect((await blocked).status).toBe(204);
    await until(async () => (await harmful()).notices[0]?.code === 'PLUGIN_BLOCKED', 'the notice');
    expect((await harmful()).notices[0].message).toMatch(/blocked the event loop for \d{4} ms/);

    // An exception in a timer is attributed to it, and the thread continues.
    expect((await harm('throw')).status).toBe(204);
    await until(async () => (await harmful()).state === 'DEGRADED', 'the exception in the state');
    expect((await harmful()).stateMessage).toContain('thrown in a timer of a thread');
    expect(daemon.stderr()).toMatch(/"stack":"Error: thrown in a timer of a thread[^"]*harmful\.mjs/);

    // A thread that ends fails its provider, which is retried.
    for (const [act, code] of [
      ['exit', 'PLUGIN_THREAD_ENDED'],
      ['heap', 'PLUGIN_OUT_OF_MEMORY'],
    ] as const) {
      expect((await harm(act)).status).toBe(503);
      await until(() => daemon.stderr().includes(`"code":"${code}"`), `the reason after ${act}`);
      await until(async () => (await harm('nothing')).status === 204, `a new thread after ${act}`);
    }
    expect((await harm('buffers')).status).toBe(204);
    await until(() => /its buffers exceeded/.test(daemon.stderr()), 'the end because of buffers');

    await echo.say('still here');
    const before = echo.frames();
    await until(() => echo.frames() >= before + 25, 'audio until the end');
    echo.close();
    expect(await daemon.end('SIGTERM')).toBe(0);
  });

  /** A call of the example provider, whose audio is sent and listened to. */
  async function startEchoCall(url: string) {
    const post = (message: object) =>
      fetch(`${url}providers/echo/events`, {
        method: 'POST',
        headers: { 'x-echo-secret': 'parrot' },
        body: JSON.stringify({ call: 'echo-1', at: Date.now(), ...message }),
      });
    const { audio } = (await (await post({ event: 'answered' })).json()) as { audio: string };
    const source = new WebSocket(audio.replace(/^http/, 'ws'));
    await once(source, 'open');
    const frame = new Uint8Array(160).fill(0x2a);
    const timer = setInterval(() => source.send(frame), 20);
    const { listenUrl } = await until(async () => {
      const { calls } = await query(url, '{ calls { nodes { listenUrl } } }');
      return calls.nodes[0]?.listenUrl ? calls.nodes[0] : undefined;
    }, 'the listen URL');
    const listener = new WebSocket(listenUrl as string);
    let frames = 0;
    // Frames of silence are sent if the audio stops.
    listener.on('message', (data: Buffer, isBinary) => {
      if (isBinary && data.some((byte) => byte !== 0)) frames++;
    });
    await until(() => frames > 0, 'audio');
    return {
      frames: () => frames,
      async say(text: string): Promise<void> {
        expect((await post({ event: 'speech', text })).status).toBe(200);
      },
      close(): void {
        clearInterval(timer);
        listener.close();
        source.close();
      },
    };
  }
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
