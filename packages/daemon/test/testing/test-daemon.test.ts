import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestDaemon, type TestDaemon } from '../../src/testing/index.ts';

const ECHO = join(import.meta.dirname, '../../../../examples/echo-provider/index.js');
const SECRET = 'parrot-7f3a';

const open: TestDaemon[] = [];
afterEach(async () => {
  for (const daemon of open.splice(0)) await daemon.close();
});

async function start(plugin: Parameters<typeof startTestDaemon>[0]['plugin']): Promise<TestDaemon> {
  const daemon = await startTestDaemon({ plugin, options: { secret: SECRET }, logLevel: 'silent' });
  open.push(daemon);
  return daemon;
}

const post = (daemon: TestDaemon, event: string): Promise<Response> =>
  fetch(new URL('events', daemon.pluginUrl), {
    method: 'POST',
    headers: { 'x-echo-secret': SECRET },
    body: JSON.stringify({ call: 'echo-1', event, at: Date.now() }),
  });

describe('a daemon for tests', () => {
  test('runs a plugin by its path, answers queries and waits for what a query returns', async () => {
    const daemon = await start(ECHO);
    expect((await post(daemon, 'answered')).status).toBe(200);
    const status = await daemon.until(async () => {
      const { calls } = await daemon.query<{ calls: { nodes: { status: string }[] } }>(
        '{ calls { nodes { status } } }',
      );
      return calls.nodes[0]?.status;
    }, 'the call');
    expect(status).toBe('IN_PROGRESS');
  });

  test('runs a plugin that is an object, and yields the events of a subscription', async () => {
    const { default: echo } = (await import(pathToFileURL(ECHO).href)) as { default: never };
    const daemon = await start(echo);
    const { latestCursor } = await daemon.query<{ latestCursor: string }>('{ latestCursor }');
    await post(daemon, 'answered');
    await post(daemon, 'ended');
    const types: string[] = [];
    const events = daemon.subscribe<{ callEvents: { type: string } }>(
      'subscription ($after: Cursor) { callEvents(after: $after) { type } }',
      { after: latestCursor },
    );
    for await (const { callEvents } of events) {
      types.push(callEvents.type);
      if (callEvents.type === 'CALL_ENDED') break;
    }
    expect(types.at(-1)).toBe('CALL_ENDED');
  });

  test('reports the errors of a query', async () => {
    const daemon = await start(ECHO);
    await expect(daemon.query('{ nothing }')).rejects.toThrow('Cannot query field "nothing"');
  });

  test('names what did not happen', async () => {
    const daemon = await start(ECHO);
    await expect(daemon.until(() => undefined, 'the second call', 0)).rejects.toThrow(
      'the second call: not within 0 s',
    );
  });

  test('leaves no folder, also if the plugin cannot be loaded', async () => {
    const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('sidetone-test-'));
    const before = new Set(folders());
    const plugin = join(tmpdir(), 'sidetone-no-such-plugin.js');
    expect(existsSync(plugin)).toBe(false);
    await expect(startTestDaemon({ plugin, logLevel: 'silent' })).rejects.toMatchObject({
      code: 'PLUGINS_UNUSABLE',
      message: expect.stringContaining('sidetone-no-such-plugin.js: not found'),
    });
    expect(folders().filter((name) => !before.has(name))).toEqual([]);
  });
});
