/** The time limits of requests, with shorter ones. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createTestLog } from '../support/silent-log.ts';

const nothing = { watch() {}, assign() {}, warn() {}, close() {}, closeUnused() {} };
let server: HttpServer;
afterEach(() => server.close());

/** Node.js checks the limits every 30 s by default, so without a shorter interval these tests exceed their time. */
test.each([
  ['headers', 'GET / HTTP/1.1\r\nhost: local', { headersTimeout: 100, requestTimeout: 60_000 }],
  ['no bytes at all', '', { headersTimeout: 100, requestTimeout: 60_000 }],
])(
  'a client that does not complete its request is answered with 408 soon: %s',
  async (_case, text, timeouts) => {
    server = createHttpServer({
      timeouts,
      connections: nothing,
      rejections: nothing,
      graphql: { ...nothing, warmUp: () => Promise.resolve() },
      ingress: nothing,
      listen: nothing,
      log: createTestLog().log('http'),
    } as never);
    const { hostname, port } = await server.listen('127.0.0.1', 0);
    const socket = connect(Number(port), hostname);
    if (text !== '') socket.write(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
    await once(socket, 'close');
  },
);
