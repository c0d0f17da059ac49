/** What the API says about the last requests of a provider. */
import { FaultError } from '@sidetone/core';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inspect } from '../../src/cli/actions/inspect.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const QUERY = `{ provider(id: "test") { recentRequests {
  direction kind method path contentType bytes messageType body status closeCode code reason remedy
} } }`;

const recent = async (it: TestDaemon) => (await it.query(QUERY)).data.provider.recentRequests;

const post = (it: TestDaemon, path: string, body: unknown): Promise<Response> =>
  fetch(it.url(`providers/test/${path}`), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('a rejected webhook is listed with its reason and remedy', async () => {
  const it = await startTestDaemon(tempDir());
  it.script.answer = () => Promise.reject(new FaultError('WEBHOOK_UNAUTHENTICATED', 'the secret is wrong'));
  await post(it, 'hook/with-a-secret-token?key=secret', {
    message: { type: 'status-update', number: '+14155550123' },
  });
  expect(await recent(it)).toEqual([
    {
      direction: 'RECEIVED',
      kind: 'REQUEST',
      method: 'POST',
      path: '/providers/test/hook/…',
      contentType: 'application/json',
      bytes: 60,
      messageType: 'status-update',
      body: { message: { type: 'status-update', number: 'string(12)' } },
      status: 401,
      closeCode: null,
      code: 'WEBHOOK_UNAUTHENTICATED',
      reason: 'the secret is wrong',
      remedy: expect.stringContaining('secret'),
    },
  ]);
});

test('webhooks that are accepted, rejected by their headers, or fail are listed with their status', async () => {
  const it = await startTestDaemon(tempDir());
  it.script.answer = async () => ({ status: 204 });
  await post(it, 'hook', {});
  it.script.answer = () => Promise.reject(new Error('a bug'));
  await post(it, 'hook', {});
  it.script.admitRequest = () => ({ admit: false, status: 403 });
  await post(it, 'hook', {});
  expect((await recent(it)).map(({ status, code }: Record<string, unknown>) => [status, code])).toEqual(
    expect.arrayContaining([
      [204, null],
      [500, 'PLUGIN_REQUEST_FAILED'],
      [403, 'WEBHOOK_UNAUTHENTICATED'],
    ]),
  );
});

test('sockets are listed with their handshake and their close code, without their token', async () => {
  const it = await startTestDaemon(tempDir());
  const open = (path: string): WebSocket =>
    new WebSocket(it.url(`providers/test/${path}`).replace('http', 'ws'));
  const rejected = open('stream/a-secret-token').on('error', () => undefined);
  await new Promise((resolve) => rejected.once('close', resolve));
  const socket = open('stream/good');
  await new Promise((resolve) => socket.once('open', resolve));
  socket.close(4000);
  await until(
    async () => (await recent(it)).some((each: Record<string, unknown>) => each['closeCode']),
    'the socket is closed',
  );
  const [first, second] = await recent(it);
  expect(first).toMatchObject({
    kind: 'SOCKET',
    status: 101,
    closeCode: 4000,
    path: '/providers/test/stream/…',
  });
  expect(second).toMatchObject({ kind: 'SOCKET', status: 404, code: 'STREAM_TOKEN_UNKNOWN' });
});

test('requests of the plugin to its provider are listed', async () => {
  const it = await startTestDaemon(tempDir());
  await it.script.host.fetch(it.url('healthz?key=secret'));
  await expect(it.script.host.fetch('http://127.0.0.1:1/call/4155550123')).rejects.toThrow();
  expect(await recent(it)).toMatchObject([
    { direction: 'SENT', path: '127.0.0.1:1/call/…', status: null, code: 'PROVIDER_UNREACHABLE' },
    {
      direction: 'SENT',
      path: expect.stringMatching(/^127\.0\.0\.1:\d+\/healthz$/),
      status: 200,
      code: null,
    },
  ]);
});

test('the list requires the scope admin', async () => {
  const tokens = [{ name: 'operator', token: 'an-operator-with-a-token', scopes: ['read', 'control'] }];
  const it = await startTestDaemon(tempDir(), { auth: { tokens } });
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer an-operator-with-a-token' },
    body: JSON.stringify({ query: QUERY }),
  });
  const { errors } = (await response.json()) as { errors: readonly { extensions: { code: string } }[] };
  expect(errors[0]!.extensions.code).toBe('FORBIDDEN');
});

test('sidetone inspect prints why a webhook was rejected, and what to do', async () => {
  const it = await startTestDaemon(tempDir());
  await post(it, 'malformed', {});
  const { stdout, stderr } = await printed(() =>
    inspect({ url: it.daemon.url.href, provider: 'test', first: 50 }),
  );
  expect(stdout).toMatch(/^TIME .* RESULT +REASON\n/);
  expect(stdout).toMatch(
    / test +received +POST \/providers\/test\/malformed .* 400 +WIRE_MALFORMED: the webhook is malformed\n$/,
  );
  expect(stderr).toMatch(/^WIRE_MALFORMED: /);
  const json = await printed(() => inspect({ url: it.daemon.url.href, first: 50, json: true }));
  expect(JSON.parse(json.stdout)).toMatchObject({ provider: 'test', status: 400, body: {} });
  await expect(inspect({ url: it.daemon.url.href, provider: 'none', first: 1 })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
});

/** Returns what a command writes. */
async function printed(command: () => Promise<void>): Promise<{ stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  const undo = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const write = stream.write;
    stream.write = (text) => {
      texts[name] += String(text);
      return true;
    };
    return () => void (stream.write = write);
  });
  try {
    await command();
  } finally {
    for (const step of undo) step();
  }
  return texts;
}
