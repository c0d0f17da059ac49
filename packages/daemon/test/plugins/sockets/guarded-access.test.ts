import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { FaultError, Logger } from '@sidetone/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { AddressGuard } from '../../../src/plugins/sockets/address-guard.ts';
import { createGuardedAccess } from '../../../src/plugins/sockets/guarded-access.ts';

const { signal } = new AbortController();
const MESSAGE = 'the address cannot be reached';

let server: Server;
let sockets: WebSocketServer;
let port: number;
let requests: string[];
let accepted: string | undefined;
/** A few kilobytes that expand to 4 MB. */
const COMPRESSED = gzipSync(Buffer.alloc(4_000_000));

beforeEach(async () => {
  requests = [];
  server = createServer(({ url, headers }, response) => {
    requests.push(url ?? '');
    if (url === '/redirect') response.writeHead(302, { location: '/sound' }).end();
    else if (url === '/empty') response.writeHead(204).end();
    else if (url === '/compressed') {
      accepted = headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip').end(COMPRESSED);
    } else if (url === '/refused') response.destroy();
    else response.end('sound');
  });
  sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  for (const client of sockets.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

/** Creates the access with a resolver that answers with each list of addresses in turn, then with the last. */
function accessWith(answers: readonly (readonly string[])[], allowedHosts: readonly string[] = []) {
  const names: string[] = [];
  const reasons: unknown[] = [];
  const guard = new AddressGuard({
    allowedHosts,
    async resolve(name) {
      const addresses = answers[Math.min(names.length, answers.length - 1)] ?? [];
      names.push(name);
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
  const warn: Logger['warn'] = (_message, fields) => void reasons.push(fields?.['reason']);
  const log: Logger = { debug: warn, info: warn, warn, error: warn };
  return { guard, names, reasons, access: createGuardedAccess({ guard, log, socketMessageBytes: 1024 }) };
}

type Access = ReturnType<typeof accessWith>['access'];

/** Returns the code and message of both kinds of connection, or their results. */
async function tryBoth(access: Access, host: string): Promise<unknown[]> {
  const describe = (error: unknown) => [(error as FaultError).code, (error as FaultError).message];
  return Promise.all([
    access.fetch(new URL(`http://${host}/sound`), { signal }).then((response) => response.text(), describe),
    access.dial(new URL(`ws://${host}/`), { signal }).then((socket) => {
      socket.close();
      return 'open';
    }, describe),
  ]);
}

const REJECTED = ['PROVIDER_UNREACHABLE', MESSAGE];

test.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '169.254.169.254',
])('rejects the address %s without a connection', async (host) => {
  const { access, guard, names } = accessWith([[]]);
  expect(await tryBoth(access, `${host}:${port}`)).toEqual([REJECTED, REJECTED]);
  expect(guard.rejected).toBe(2);
  expect([requests, names]).toEqual([[], []]);
});

test.each([[['127.0.0.1']], [['::1']], [['::ffff:127.0.0.1']], [['10.0.0.1']], [['1.1.1.1', '127.0.0.1']]])(
  'rejects a name with the addresses %j',
  async (addresses) => {
    const { access, guard, names } = accessWith([addresses]);
    expect(await tryBoth(access, `media.example.com:${port}`)).toEqual([REJECTED, REJECTED]);
    expect(guard.rejected).toBe(2);
    expect([requests, names.length]).toEqual([[], 2]);
  },
);

test('connects to the address that was checked: a name is resolved once', async () => {
  const { access, names } = accessWith([['127.0.0.1'], ['10.0.0.1']], [`media.example.com:${port}`]);
  const response = await access.fetch(new URL(`http://media.example.com:${port}/sound`), { signal });
  expect([await response.text(), names]).toEqual(['sound', ['media.example.com']]);
});

test.each(['media.example.com', 'MEDIA.example.com', '.example.com'])(
  'connects to the configured host %s',
  async (rule) => {
    const { access } = accessWith([['127.0.0.1']], [rule]);
    expect(await tryBoth(access, `media.example.com:${port}`)).toEqual(['sound', 'open']);
    expect(await tryBoth(access, `evil-example.com:${port}`)).toEqual([REJECTED, REJECTED]);
  },
);

test('does not connect to another port of a host that is configured with its port', async () => {
  const { access } = accessWith([['127.0.0.1']], ['127.0.0.1:1']);
  expect(await tryBoth(access, `127.0.0.1:${port}`)).toEqual([REJECTED, REJECTED]);
});

test('does not follow redirects', async () => {
  const { access } = accessWith([], ['127.0.0.1']);
  const response = await access.fetch(new URL(`http://127.0.0.1:${port}/redirect`), { signal });
  await response.body?.cancel();
  expect([response.status, requests]).toEqual([302, ['/redirect']]);
});

test('neither requests nor expands a compressed response', async () => {
  const { access } = accessWith([], ['127.0.0.1']);
  const response = await access.fetch(new URL(`http://127.0.0.1:${port}/compressed`), { signal });
  expect((await response.arrayBuffer()).byteLength).toBe(COMPRESSED.length);
  expect(accepted).toBe('identity');
});

test('returns a response without a body', async () => {
  const { access } = accessWith([], ['127.0.0.1']);
  const response = await access.fetch(new URL(`http://127.0.0.1:${port}/empty`), { signal });
  expect([response.status, response.body]).toEqual([204, null]);
});

test.each(['http://127.0.0.1:1/', 'http://user:secret@127.0.0.1/', 'file:///etc/passwd', 'refused'])(
  'fails with the same message for %s, and logs the reason',
  async (address) => {
    const { access, reasons } = accessWith([], ['127.0.0.1']);
    const url = new URL(address === 'refused' ? `http://127.0.0.1:${port}/refused` : address);
    const error: unknown = await access.fetch(url, { signal }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'PROVIDER_UNREACHABLE', message: MESSAGE });
    expect((error as FaultError).cause).toBeUndefined();
    expect(reasons).toEqual([expect.stringMatching(/./)]);
    expect(JSON.stringify(reasons)).not.toContain('secret');
  },
);

test('aborts a request', async () => {
  const { access } = accessWith([], ['127.0.0.1']);
  await expect(
    access.fetch(new URL(`http://127.0.0.1:${port}/`), { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
});
