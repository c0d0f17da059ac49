import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDaemonClient, endpointOf, faultOf } from '../../../src/cli/frame/daemon-client.ts';

let server: Server;
let url: string;
let answer = '{"data":{"ok":true}}';
const received: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(request.headers.authorization);
    request.resume().once('end', () => response.end(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('the client of the running daemon', () => {
  test('sends the token and returns the data', async () => {
    const daemon = createDaemonClient({ url, token: 'secret' });
    expect(await daemon.query('{ ok }')).toEqual({ ok: true });
    expect(received.at(-1)).toBe('Bearer secret');
  });

  test('reports the code of the daemon', async () => {
    answer = '{"errors":[{"message":"no such call","extensions":{"code":"CALL_NOT_FOUND"}}]}';
    await expect(createDaemonClient({ url, token: '' }).query('{ ok }')).rejects.toMatchObject({
      code: 'CALL_NOT_FOUND',
      message: 'no such call',
    });
    expect(received.at(-1)).toBeUndefined();
  });

  test('reports that another server answers', async () => {
    answer = '<html>';
    await expect(createDaemonClient({ url }).query('{ ok }')).rejects.toMatchObject({
      code: 'DAEMON_UNREACHABLE',
      message: `no daemon answers at ${url}/ (HTTP status 200 without a GraphQL result)`,
    });
  });

  test('keeps the base path of an address', () => {
    expect(endpointOf('https://tools.example.com/sidetone', 'graphql').href).toBe(
      'https://tools.example.com/sidetone/graphql',
    );
    expect(() => endpointOf('localhost', 'graphql')).toThrow('--url: expected an address');
  });

  test('says whether the token is missing, unknown, or lacks a scope', () => {
    const denied = { message: 'unknown access token', extensions: { code: 'AUTH_REQUIRED' } };
    expect(faultOf(denied, undefined).message).toMatch(/^SIDETONE_TOKEN: not set/);
    expect(faultOf(denied, 'x').message).toMatch(/^SIDETONE_TOKEN: the daemon does not know/);
    const forbidden = { message: 'erase requires', extensions: { code: 'FORBIDDEN', scope: 'ADMIN' } };
    expect(faultOf(forbidden, 'x').message).toMatch(/SIDETONE_TOKEN: .* the scope admin$/);
  });
});
