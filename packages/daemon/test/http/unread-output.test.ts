/** Clients that do not read: the ledger limits what is kept for them, on every transport, and others are served. */
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WRITE_TIMEOUT_MS } from '../../src/http/limits/output-ledger.ts';
import { MAX_PIPELINED_REQUESTS } from '../../src/http/limits/request-queue.ts';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { ackedSocket, rawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const KIBIBYTE = 1024;
const TIGHT = {
  responseBytes: 4096 * KIBIBYTE,
  unsentBytesPerConnection: 4096 * KIBIBYTE,
  unsentBytesPerClient: 6144 * KIBIBYTE,
  unsentBytesTotal: 8192 * KIBIBYTE,
};

/** A result of 2 MB for the call below: more of them than the buffers of the operating system hold are unsent. */
const LARGE = `{ calls { nodes { ${['a', 'b', 'c', 'd', 'e'].map((alias) => `${alias}: transcriptText`).join(' ')} } } }`;

const open: Socket[] = [];
afterEach(() => open.splice(0).forEach((socket) => socket.destroy()));

async function aDaemon(settings: Record<string, unknown> = {}): Promise<TestDaemon> {
  const dir = join(tempDir(), 'unread');
  mkdirSync(dir);
  const it = await startTestDaemon(dir, { limits: TIGHT, ...settings });
  for (let i = 0; i < 40; i++) {
    it.emit(event('utterance.final', { party: 'CUSTOMER', text: `${i} ${'x'.repeat(10_000)}` }));
  }
  await it.committed();
  return it;
}

/** Sends bytes on a connection that reads nothing. Resolves when it is connected. */
async function pausedReader(it: TestDaemon, bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(it.url(''));
  const socket = connect(Number(port), hostname);
  open.push(socket);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.pause();
  socket.write(bytes);
  return socket;
}

const get = (path: string, accept = 'application/json'): string =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: ${accept}\r\n\r\n`;

const ledgerOf = (it: TestDaemon) => it.daemon.parts.resolve(tokens.OUTPUT_LEDGER);

async function expectHealthy(it: TestDaemon): Promise<void> {
  const { data } = await it.query(LARGE);
  expect(data.calls.nodes[0].a.length).toBeGreaterThan(400_000);
}

test('30 connections that read no result are limited in total, and the largest are closed', async () => {
  const it = await aDaemon({ limits: { ...TIGHT, unsentBytesPerClient: TIGHT.unsentBytesTotal } });
  const request = get(`/graphql?query=${encodeURIComponent(LARGE)}`);
  await Promise.all(Array.from({ length: 30 }, () => pausedReader(it, request.repeat(10))));
  const ledger = ledgerOf(it);
  await until(() => ledger.unsent > TIGHT.unsentBytesTotal / 2 || ledger.cuts.client > 0, 'unsent output');
  await expectHealthy(it);
  expect(ledger.peak).toBeLessThanOrEqual(TIGHT.unsentBytesTotal);
});

test('a WebSocket that reads no results is closed, and this is counted and logged', async () => {
  const it = await aDaemon();
  const raw = await ackedSocket(it.url('graphql'));
  raw.socket.pause();
  for (let i = 0; i < 20; i++) raw.send({ id: `${i}`, type: 'subscribe', payload: { query: LARGE } });
  const ledger = ledgerOf(it);
  await until(() => ledger.cuts.connection === 1, 'the connection was closed');
  expect(ledger.peak).toBeLessThanOrEqual(TIGHT.unsentBytesPerConnection);
  expect(it.lines).toContainEqual(
    expect.objectContaining({
      message: 'unsent output exceeds the limit, connection closed',
      fields: expect.objectContaining({
        client: expect.stringContaining('local@'),
        code: 'LIMIT_UNSENT_BYTES',
        limit: 'limits.unsentBytesPerConnection',
      }),
    }),
  );
  await until(() => ledger.unsent === 0, 'its output was discarded');
  await expectHealthy(it);
});

test('pipelined requests are handled one at a time', async () => {
  const it = await aDaemon();
  let running = 0;
  let most = 0;
  it.script.answer = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    return { status: 200, body: 'ok' };
  };
  const reader = await pausedReader(it, get('/providers/test/x').repeat(MAX_PIPELINED_REQUESTS));
  let received = '';
  reader.on('data', (chunk: Buffer) => (received += chunk.toString())).resume();
  await until(() => received.split('HTTP/1.1 200').length - 1 === MAX_PIPELINED_REQUESTS, 'all responses');
  expect(most).toBe(1);
});

test('a connection with too many pipelined requests is closed', async () => {
  const it = await aDaemon();
  let handled = 0;
  it.script.answer = async () => {
    handled++;
    return { status: 200, body: 'ok' };
  };
  const reader = await pausedReader(it, get('/providers/test/x').repeat(3000));
  await new Promise((resolve) => reader.resume().once('close', resolve));
  expect(handled).toBeLessThanOrEqual(MAX_PIPELINED_REQUESTS);
  expect(it.lines.map(({ message }) => message)).toContain('too many pipelined requests, connection closed');
});

test('an upgrade behind a request that is being handled is rejected', async () => {
  const it = await aDaemon();
  it.script.answer = () => new Promise(() => undefined);
  const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
  const reader = await pausedReader(
    it,
    `${get('/providers/test/x')}GET /graphql HTTP/1.1\r\nhost: localhost\r\n${upgrade}sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  let received = '';
  reader.on('data', (chunk: Buffer) => (received += chunk.toString())).resume();
  await new Promise((resolve) => reader.once('close', resolve));
  expect(received).toBe('');
});

test('connections of one address are limited, whatever they are used for', async () => {
  const it = await aDaemon({ server: { port: 0, maxConnectionsPerAddress: 3 } });
  for (let i = 0; i < 3; i++) await rawSocket(it.url('graphql'));
  const further = await pausedReader(it, '');
  await new Promise((resolve) => further.resume().once('close', resolve));
  const connections = it.daemon.parts.resolve(tokens.CONNECTIONS);
  expect(connections.rejected).toBe(1);
  expect(it.lines).toContainEqual(
    expect.objectContaining({
      message: 'connection limit reached, connection rejected',
      fields: expect.objectContaining({ limit: 'server.maxConnectionsPerAddress' }),
    }),
  );
});

test('connections of a trusted proxy are limited only in total', async () => {
  const server = { port: 0, trustedProxies: ['127.0.0.0/8'], maxConnectionsPerAddress: 1 };
  const it = await aDaemon({ server });
  await Promise.all([rawSocket(it.url('graphql')), rawSocket(it.url('graphql'))]);
  expect(it.daemon.parts.resolve(tokens.CONNECTIONS).rejected).toBe(0);
});

/** Reads at least this many bytes and then stops reading. */
async function readSome(reader: Socket, bytes: number): Promise<void> {
  const end = reader.bytesRead + bytes;
  await new Promise<void>((resolve) => {
    const onData = (): void => {
      if (reader.bytesRead < end) return;
      reader.off('data', onData).pause();
      resolve();
    };
    reader.on('data', onData).resume();
  });
  // The operating system accepts more in place of what was read.
  await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a response that is read slowly is not cut; one that is not read times out', async () => {
  const large = 128 * 1024 * KIBIBYTE;
  const it = await aDaemon({
    limits: {
      queryAliases: 100,
      responseBytes: large,
      unsentBytesPerConnection: large,
      unsentBytesPerClient: large,
      unsentBytesTotal: large,
    },
  });
  const ledger = ledgerOf(it);
  // One response of 40 MB is one write, so progress shows only within it.
  const aliases = Array.from({ length: 100 }, (_, i) => `t${i}: transcriptText`).join(' ');
  const query = encodeURIComponent(`{ calls { nodes { ${aliases} } } }`);
  const reader = await pausedReader(it, get(`/graphql?query=${query}`));
  await until(() => ledger.unsent > 0, 'unsent output');
  let now = performance.now();
  ledger.sweep(now);
  const later = (): void => ledger.sweep((now += WRITE_TIMEOUT_MS));
  for (let i = 0; i < 2; i++) {
    await readSome(reader, 10_000_000);
    later();
    expect(ledger.cuts.stalled).toBe(0);
  }
  expect(ledger.unsent).toBeGreaterThan(30_000_000);
  // What the operating system accepted since the last sweep still counts as progress once.
  later();
  later();
  expect([ledger.cuts.stalled, ledger.unsent]).toEqual([1, 0]);
  expect(it.lines.map(({ message }) => message)).toContain('write timed out, connection closed');
});
