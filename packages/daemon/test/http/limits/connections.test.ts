/** The number of connections of a daemon, with idle ones of one client and of several. */
import { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { platform } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openFilesIn, permittedConnections, RESERVED_FILES } from '../../../src/http/limits/open-files.ts';
import * as tokens from '../../../src/tokens.ts';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../../support/daemon.ts';
import { ackedSocket } from '../../support/raw-socket.ts';
import { tempDir } from '../../support/temp-dir.ts';

const open: Socket[] = [];
afterEach(() => open.splice(0).forEach((socket) => socket.destroy()));

const start = (server: Record<string, unknown>): Promise<TestDaemon> =>
  startTestDaemon(tempDir(), { server: { port: 0, ...server } });

const connectionsOf = (it: TestDaemon) => it.daemon.parts.resolve(tokens.CONNECTIONS);

/** Opens a connection that sends this text and then nothing. */
async function aConnection(it: TestDaemon, text = '', localAddress?: string): Promise<Socket> {
  const { hostname, port } = new URL(it.url(''));
  const socket = connect({ host: hostname, port: Number(port), ...(localAddress && { localAddress }) });
  open.push(socket);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  if (text !== '') socket.write(text);
  return socket.resume();
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void (socket.closed ? resolve() : socket.once('close', () => resolve())));

/** Sends a request on a connection of its own, and returns the first line of the response. */
async function requestLine(it: TestDaemon, localAddress?: string): Promise<string> {
  const socket = await aConnection(it, 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n', localAddress);
  return new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString().split('\r\n')[0] ?? ''));
    socket.once('close', () => resolve('closed'));
  });
}

const OK = 'HTTP/1.1 200 OK';
const PARTIAL = 'GET /healthz HTTP/1.1\r\nhost: local';

test('a connection without a request does not delay a stop', async () => {
  const it = await start({});
  const socket = await aConnection(it);
  await until(() => connectionsOf(it).size === 1, 'the connection was accepted');
  const terminate = vi.spyOn(Server.prototype, 'closeAllConnections');
  await it.daemon.stop();
  await closed(socket);
  // What does not end by itself is terminated.
  expect(terminate).not.toHaveBeenCalled();
  terminate.mockRestore();
});

describe.each([
  ['in total', { maxConnections: 8 }],
  ['of an address', { maxConnectionsPerAddress: 8 }],
])('with the maximum of connections %s', (_case, server) => {
  test.each([
    ['send nothing', ''],
    ['send part of a request', PARTIAL],
    ['keep a connection after a response', 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ])('clients that %s do not keep others out', async (_what, text) => {
    const it = await start(server);
    const first = await aConnection(it, text);
    for (let i = 0; i < 30; i++) await aConnection(it, text);
    await closed(first);
    for (let i = 0; i < 5; i++) expect(await requestLine(it)).toBe(OK);
    expect(connectionsOf(it).replaced).toBeGreaterThanOrEqual(23);
    expect(connectionsOf(it).rejected).toBe(0);
    const lines = it.lines.filter(({ fields }) => fields['code'] === 'LIMIT_CONNECTIONS');
    expect(lines).toMatchObject([{ level: 'warn', fields: { address: '127.0.0.1' } }]);
  });

  test('connections in use are not closed, and further ones are rejected', async () => {
    const it = await start(server);
    const subscription = it.subscribe('subscription { callEvents { cursor } }');
    const first = nextOf(subscription);
    const sockets = [];
    await until(() => it.readers() === 1, 'the subscription starts');
    for (let i = 0; i < 7; i++) sockets.push(await ackedSocket(it.url('graphql')));
    expect(await requestLine(it)).toBe('closed');
    expect(connectionsOf(it)).toMatchObject({ rejected: 1, replaced: 0 });
    expect(sockets.map(({ socket }) => socket.readyState)).toEqual(sockets.map(({ socket }) => socket.OPEN));
    sockets[0]?.socket.terminate();
    await until(async () => (await requestLine(it)) === OK, 'another connection is accepted');
    await it.aCall().catch(() => undefined);
    await first;
  });
});

test.skipIf(platform() !== 'linux')(
  'idle connections of one address are closed for another one',
  async () => {
    const it = await start({ maxConnections: 8, maxConnectionsPerAddress: 6 });
    const other = await aConnection(it, '', '127.0.0.3');
    for (let i = 0; i < 20; i++) await aConnection(it, '', '127.0.0.2');
    for (let i = 0; i < 4; i++) expect(await requestLine(it, `127.0.0.${10 + i}`)).toBe(OK);
    expect([other.closed, connectionsOf(it).rejected]).toEqual([false, 0]);
  },
);

describe('the limit of open files', () => {
  const limits = { maxConnections: 2000, maxConnectionsPerAddress: 1000 };

  test('reduces the number of connections, and the share of an address in proportion', () => {
    expect(permittedConnections(limits, 1000 + RESERVED_FILES)).toEqual({
      maxConnections: 1000,
      maxConnectionsPerAddress: 500,
    });
    expect(permittedConnections(limits, 10)).toEqual({ maxConnections: 1, maxConnectionsPerAddress: 1 });
  });

  test.each([undefined, 2000 + RESERVED_FILES, 1_048_576])('permits them if it is %s', (openFiles) => {
    expect(permittedConnections(limits, openFiles)).toEqual(limits);
  });

  test.each([
    ['Max processes  1 2 processes\nMax open files            512                  4096      files\n', 512],
    ['Max open files            unlimited            unlimited            files     \n', undefined],
    ['', undefined],
  ])('is read from %j', (text, expected) => {
    expect(openFilesIn(text)).toBe(expected);
  });
});
