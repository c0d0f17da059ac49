import { getEventListeners } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { dial, REJECTION_TIMEOUT_MS } from '../../../src/plugins/sockets/dial.ts';

const never = new AbortController().signal;
const MAX = 1024;
const opened: (WebSocketServer | Server)[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) {
    if (server instanceof WebSocketServer) for (const client of server.clients) client.terminate();
    server.close();
  }
});

async function serve(
  verify?: (reject: (status: number) => void) => void,
): Promise<{ server: WebSocketServer; url: URL }> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    ...(verify && { verifyClient: (_info, done) => verify((status) => done(false, status)) }),
  });
  opened.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return { server, url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`) };
}

describe('a dialled socket', () => {
  test('receives messages sent right after the handshake', async () => {
    const { server, url } = await serve();
    const sent = new Promise<void>((resolve) => {
      server.on('connection', (peer) => {
        peer.send('text');
        peer.send(Uint8Array.of(1, 2), () => setImmediate(resolve));
      });
    });
    const socket = await dial(url, { signal: never }, MAX);
    await sent;
    const received: (string | number[])[] = [];
    const both = new Promise<void>((resolve) => {
      socket.onMessage((message) => {
        received.push(typeof message === 'string' ? message : [...message]);
        if (received.length === 2) resolve();
      });
    });
    await both;
    expect(received).toEqual(['text', [1, 2]]);
    socket.close();
  });

  test('sends its headers and reports the close code and reason', async () => {
    const { server, url } = await serve();
    const authorization = new Promise((resolve) =>
      server.on('connection', (peer, request) => {
        peer.on('message', () => peer.close(4001, 'enough'));
        resolve(request.headers.authorization);
      }),
    );
    const socket = await dial(url, { signal: never, headers: { authorization: 'Bearer x' } }, MAX);
    expect(await authorization).toBe('Bearer x');
    const closed = new Promise((resolve) => socket.onClose((code, reason) => resolve([code, reason])));
    socket.onMessage(() => undefined);
    await socket.send('hello');
    expect(await closed).toEqual([4001, 'enough']);
    await expect(socket.send('too late')).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
  });

  test('is closed when a message exceeds the limit', async () => {
    const { server, url } = await serve();
    server.on('connection', (peer) => peer.send(new Uint8Array(MAX + 1)));
    const socket = await dial(url, { signal: never }, MAX);
    const closed = new Promise((resolve) => socket.onClose(resolve));
    socket.onMessage(() => undefined);
    expect(await closed).toBe(1006);
  });
});

describe('a failed dial reports', () => {
  test('the status of the response', async () => {
    const { url } = await serve((reject) => reject(400));
    await expect(dial(url, { signal: never }, MAX)).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      details: { status: 400 },
    });
  });

  test('an unreachable peer', async () => {
    const url = new URL('ws://127.0.0.1:1/');
    await expect(dial(url, { signal: never }, MAX)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
  });

  test('a timeout of the caller', async () => {
    const silent = createServer();
    opened.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = new URL(`ws://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    const controller = new AbortController();
    silent.on('connection', () => controller.abort());
    await expect(dial(url, { signal: controller.signal }, MAX)).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    });
    await expect(dial(url, { signal: AbortSignal.abort() }, MAX)).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    });
  });
});

describe('the body of a rejected handshake', () => {
  /** A peer that responds to every handshake with these bytes and does not close the connection. */
  async function rejecting(respond: (peer: Socket) => void): Promise<{ url: URL; peers: Socket[] }> {
    const peers: Socket[] = [];
    const server = createServer((peer) => {
      peers.push(peer);
      peer.on('error', () => undefined);
      peer.once('data', () => respond(peer));
    });
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`), peers };
  }
  const head = (length: number | undefined, status = '401 Unauthorized'): string =>
    `HTTP/1.1 ${status}\r\n${length === undefined ? '' : `content-length: ${length}\r\n`}\r\n`;
  const closed = (peer: Socket): Promise<void> =>
    new Promise((resolve) => (peer.destroyed ? resolve() : peer.once('close', () => resolve())));
  /** Returns the error of a dial, and after how long it came, ms. */
  async function failedDial(url: URL, signal = never) {
    const startedAt = performance.now();
    const fault: unknown = await dial(url, { signal }, MAX).catch((error: unknown) => error);
    const { code, details } = fault as { code: string; details: Record<string, unknown> };
    return { code, details, afterMs: performance.now() - startedAt };
  }

  test('is in the details, with the status', async () => {
    const body = '{"err_code":"INVALID_AUTH","err_msg":"grüß Gott"}';
    const { url } = await rejecting((peer) => peer.write(head(Buffer.byteLength(body) + 2) + `${body}\n `));
    expect(await failedDial(url)).toMatchObject({
      code: 'PROVIDER_REFUSED',
      details: { status: 401, body },
    });
  });

  test('leaves no abort listener and no connection', async () => {
    const controller = new AbortController();
    const { url, peers } = await rejecting((peer) => peer.write(`${head(2)}no`));
    await failedDial(url, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await closed(peers[0]!);
  });

  test('is absent if it is empty', async () => {
    const { url } = await rejecting((peer) => peer.write(head(0, '429 Too Many Requests')));
    expect((await failedDial(url)).details).toEqual({ status: 429 });
  });

  test('is cut off after 4 KiB, and the connection is closed', async () => {
    const { url, peers } = await rejecting((peer) => {
      peer.write(head(1_000_000) + 'x'.repeat(3000), () => peer.write('x'.repeat(3000)));
    });
    const { details, afterMs } = await failedDial(url);
    expect(details['body']).toBe('x'.repeat(4096));
    expect(afterMs).toBeLessThan(REJECTION_TIMEOUT_MS);
    await closed(peers[0]!);
  });

  test('is cut off after a timeout', async () => {
    const { url, peers } = await rejecting((peer) => peer.write(`${head(1000)}partial`));
    const { code, details, afterMs } = await failedDial(url);
    expect({ code, details }).toEqual({
      code: 'PROVIDER_REFUSED',
      details: { status: 401, body: 'partial' },
    });
    expect(afterMs).toBeLessThan(2 * REJECTION_TIMEOUT_MS);
    await closed(peers[0]!);
  });

  test('is reported up to the point at which the connection breaks', async () => {
    const { url } = await rejecting((peer) => {
      peer.write(`${head(1000)}partial`, () => peer.destroy());
    });
    const { code, details, afterMs } = await failedDial(url);
    expect({ code, details }).toMatchObject({ code: 'PROVIDER_REFUSED', details: { body: 'partial' } });
    expect(afterMs).toBeLessThan(REJECTION_TIMEOUT_MS);
  });

  test('is not awaited if the signal aborts', async () => {
    const controller = new AbortController();
    const { url } = await rejecting((peer) => peer.write(`${head(1000)}partial`, () => controller.abort()));
    expect(await failedDial(url, controller.signal)).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});
