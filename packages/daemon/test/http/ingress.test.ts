import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { FaultError } from '@sidetone/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_BODY_BYTES } from '../fixtures/scripted-plugin.ts';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { limits: { webhookBytes: 2048 } });
});

const open = (path: string): WebSocket => new WebSocket(it.url(path).replace('http', 'ws'));
const post = (path: string, body = ''): Promise<Response> => fetch(it.url(path), { method: 'POST', body });

describe('a provider request', () => {
  test('reaches its plugin unchanged', async () => {
    it.script.answer = async ({ method, path, query, headers, body }) => ({
      status: 202,
      headers: { 'x-test': 'yes' },
      body: [method, path, query.get('a'), headers['x-signature'], Buffer.from(body).toString()].join('|'),
    });
    const response = await fetch(it.url('providers/test/some/path%20x?a=b'), {
      method: 'PUT',
      headers: { 'X-Signature': 'sig' },
      body: 'raw',
    });
    expect([response.status, response.headers.get('x-test')]).toEqual([202, 'yes']);
    expect(await response.text()).toBe('PUT|some/path x|b|sig|raw');
  });

  test('is answered after its events are stored', async () => {
    await post('providers/test/event', JSON.stringify(event('call.started', {})));
    expect(it.daemon.parts.resolve(tokens.RECORD_HUB).position).toBe(1);
  });

  test('returns 503 if its event cannot be stored, and the write is retried', async () => {
    const ledger = it.daemon.parts.resolve(tokens.LEDGER);
    vi.spyOn(ledger, 'commit').mockImplementationOnce(() => {
      throw new FaultError('STORE_WRITE_FAILED', 'the disk is full');
    });
    const response = await post('providers/test/event', JSON.stringify(event('call.started', {})));
    expect([response.status, await response.text()]).toEqual([503, 'Service Unavailable\n']);
    await until(() => it.daemon.parts.resolve(tokens.RECORD_HUB).position === 1, 'the event is stored');
  });

  test('that is malformed returns 400 with a code, and is logged without its body', async () => {
    const response = await post('providers/test/malformed', 'secret words');
    expect([response.status, await response.text()]).toEqual([
      400,
      'WIRE_MALFORMED: the webhook is malformed\n',
    ]);
    expect(it.lines.filter(({ fields }) => fields['code'] !== undefined)).toMatchObject([
      { level: 'warn', fields: { provider: 'test', code: 'WIRE_MALFORMED' } },
    ]);
    expect(JSON.stringify(it.lines)).not.toContain('secret words');
    expect(it.daemon.parts.resolve(tokens.RECORD_HUB).position).toBe(0);
  });

  test('that makes the plugin throw returns 500 without details, and the next one succeeds', async () => {
    it.script.answer = () => Promise.reject(new TypeError('internal details'));
    const response = await post('providers/test/x');
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    it.script.answer = async () => ({ status: 200 });
    expect((await post('providers/test/x')).status).toBe(200);
  });

  test('above the limit returns 413, with or without Content-Length', async () => {
    const large = 'x'.repeat(3000);
    expect((await post('providers/test/x', large)).status).toBe(413);
    const pieces = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 30; i++) controller.enqueue(Buffer.from(large.slice(0, 100)));
        controller.close();
      },
    });
    const init = { method: 'POST', body: pieces, duplex: 'half' } as RequestInit;
    expect((await fetch(it.url('providers/test/x'), init)).status).toBe(413);
  });

  test('above the limit is accepted up to the size that its plugin declares', async () => {
    expect((await post('providers/test/x', 'x'.repeat(MAX_BODY_BYTES))).status).toBe(200);
    expect((await post('providers/test/x', 'x'.repeat(MAX_BODY_BYTES + 1))).status).toBe(413);
  });

  /** Sends the head of a request, and returns what the daemon sends before any byte of the body is sent. */
  function withoutBody(length: number): Promise<string> {
    const { host, hostname, port } = new URL(it.url('/'));
    const socket = connect(Number(port), hostname);
    socket.write(`POST /providers/test/x HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${length}\r\n\r\n`);
    return new Promise((resolve) => {
      let received = '';
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => {
        received += text;
        if (length < 1024 * 1024) socket.destroy();
      });
      socket.on('close', () => resolve(received));
    });
  }

  test.each([
    ['a rejection', () => ({ admit: false, status: 403 }) as const, 403],
    [
      'a fault',
      () => {
        throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-secret: missing');
      },
      401,
    ],
    [
      'an exception',
      () => {
        throw new TypeError('a bug');
      },
      500,
    ],
    ['no decision', () => undefined as never, 500],
  ])(
    'is answered before its body arrives if its plugin decides by the headers: %s',
    async (_what, decide, status) => {
      const answer = vi.fn(async () => ({ status: 200 }));
      Object.assign(it.script, { answer, admitRequest: decide });
      for (const length of [100, 2 * 1024 * 1024]) {
        expect(await withoutBody(length)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      }
      expect(answer).not.toHaveBeenCalled();
    },
  );

  test('that is rejected by its headers is drained if it is short, so the connection is kept', async () => {
    it.script.admitRequest = ({ headers }) =>
      headers['x-signature'] === 'good' ? { admit: true } : { admit: false, status: 401 };
    const response = await post('providers/test/x', 'x'.repeat(2000));
    expect([response.status, response.headers.get('connection')]).toEqual([401, 'keep-alive']);
    const headers = { 'x-signature': 'good' };
    expect((await fetch(it.url('providers/test/x'), { method: 'POST', headers, body: 'x' })).status).toBe(
      200,
    );
  });

  test.each(['providers/unknown/x', 'providers/test', 'elsewhere'])('to /%s returns 404', async (path) => {
    expect((await fetch(it.url(path))).status).toBe(404);
  });

  test('without a provider is not accepted: the address is that of a page', async () => {
    const statuses = ['providers', 'providers/'].map(async (path) => (await post(path)).status);
    expect(await Promise.all(statuses)).toEqual([405, 405]);
  });
});

describe('a provider socket', () => {
  const rejectedStatus = (socket: WebSocket): Promise<number | undefined> =>
    new Promise((resolve) =>
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
    );

  test('reaches its plugin, including messages sent immediately after the upgrade', async () => {
    const socket = open('providers/test/stream/good');
    const isOpen = new Promise((resolve) => socket.on('open', resolve));
    socket.on('open', () => socket.send(new Uint8Array(640)));
    await isOpen;
    await until(() => it.script.sockets.length === 1, 'the plugin has the socket');
    const demand = it.daemon.parts.resolve(tokens.DEMAND).add('levels', undefined);
    socket.send(new Uint8Array(640));
    const levels = it.daemon.parts.resolve(tokens.LEVEL_METERS);
    await until(() => levels.calls().length === 1, 'the audio is metered');
    socket.close();
    const streams = async () =>
      (await it.query('{ calls { nodes { streams { frames endReason } } } }')).data.calls.nodes[0]?.streams;
    await until(async () => ((await streams())?.[0].endReason ?? null) !== null, 'the stream has ended');
    expect(await streams()).toEqual([{ frames: 2, endReason: 'socket closed' }]);
    demand();
  });

  test.each([
    ['providers/test/stream/bad', 404],
    ['providers/unknown/stream/good', 404],
    ['nowhere', 404],
  ])('to /%s is rejected at the upgrade with %d', async (path, status) => {
    expect(await rejectedStatus(open(path))).toBe(status);
    expect(it.script.sockets).toEqual([]);
  });

  test('that sends a message above the limit is closed with 1009', async () => {
    const socket = open('providers/test/stream/good');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('open', () => socket.send(new Uint8Array(1024 * 1024 + 1)));
    expect(await closed).toBe(1009);
    expect((await it.query('{ latestCursor }')).errors).toBeUndefined();
  });
});

describe('the daemon', () => {
  test('reports liveness and readiness', async () => {
    const texts = await Promise.all(
      ['healthz', 'readyz'].map(async (path) => (await fetch(it.url(path))).text()),
    );
    expect(texts).toEqual(['alive\n', 'ready\n']);
  });

  test('stops while sockets are open, and can be stopped twice', async () => {
    const socket = open('providers/test/stream/good');
    socket.on('error', () => undefined);
    const events = it.client.iterate({ query: 'subscription { callEvents { cursor } }' });
    void events.next().catch(() => undefined);
    await until(() => it.script.sockets.length === 1, 'the socket is open');
    await it.daemon.stop();
    await it.daemon.stop();
    await expect(fetch(it.url('healthz'))).rejects.toThrow();
  });
});
