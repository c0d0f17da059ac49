import { getEventListeners } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { ANSWER_TIMEOUT_MS, dial } from '../../../src/plugins/sockets/dial.ts';

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
  verify?: (refuse: (status: number) => void) => void,
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
  test('misses nothing that was sent right behind the handshake', async () => {
    const { server, url } = await serve();
    const sent = new Promise<void>((resolve) => {
      server.on('connection', (peer) => {
        peer.send('text');
        peer.send(Uint8Array.of(1, 2), () => setImmediate(resolve));
      });
    });
    const socket = await dial(url, { signal: never }, MAX);
    await sent;
    const seen: (string | number[])[] = [];
    const both = new Promise<void>((resolve) => {
      socket.onMessage((message) => {
        seen.push(typeof message === 'string' ? message : [...message]);
        if (seen.length === 2) resolve();
      });
    });
    await both;
    expect(seen).toEqual(['text', [1, 2]]);
    socket.close();
  });

  test('sends its headers, and tells how it was closed', async () => {
    const { server, url } = await serve();
    const asked = new Promise((resolve) =>
      server.on('connection', (peer, request) => {
        peer.on('message', () => peer.close(4001, 'enough'));
        resolve(request.headers.authorization);
      }),
    );
    const socket = await dial(url, { signal: never, headers: { authorization: 'Bearer x' } }, MAX);
    expect(await asked).toBe('Bearer x');
    const closed = new Promise((resolve) => socket.onClose((code, reason) => resolve([code, reason])));
    socket.onMessage(() => undefined);
    await socket.send('hello');
    expect(await closed).toEqual([4001, 'enough']);
    await expect(socket.send('too late')).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
  });

  test('that is sent more than a message may have is closed', async () => {
    const { server, url } = await serve();
    server.on('connection', (peer) => peer.send(new Uint8Array(MAX + 1)));
    const socket = await dial(url, { signal: never }, MAX);
    const closed = new Promise((resolve) => socket.onClose(resolve));
    socket.onMessage(() => undefined);
    expect(await closed).toBe(1006);
  });
});

describe('a socket that cannot be opened says why:', () => {
  test('the peer answered with a status', async () => {
    const { url } = await serve((refuse) => refuse(400));
    await expect(dial(url, { signal: never }, MAX)).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      details: { status: 400 },
    });
  });

  test('nobody listens there', async () => {
    const url = new URL('ws://127.0.0.1:1/');
    await expect(dial(url, { signal: never }, MAX)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
  });

  test('it took too long for the one who asked', async () => {
    const silent = createServer();
    opened.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = new URL(`ws://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    const asked = new AbortController();
    silent.on('connection', () => asked.abort());
    await expect(dial(url, { signal: asked.signal }, MAX)).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    });
    await expect(dial(url, { signal: AbortSignal.abort() }, MAX)).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    });
  });
});

describe('a refusal says why as far as it comes:', () => {
  /** A peer that answers every handshake with these bytes, and does not hang up by itself. */
  async function refusing(answer: (peer: Socket) => void): Promise<{ url: URL; peers: Socket[] }> {
    const peers: Socket[] = [];
    const server = createServer((peer) => {
      peers.push(peer);
      peer.on('error', () => undefined);
      peer.once('data', () => answer(peer));
    });
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`), peers };
  }
  const head = (length: number | undefined, status = '401 Unauthorized'): string =>
    `HTTP/1.1 ${status}\r\n${length === undefined ? '' : `content-length: ${length}\r\n`}\r\n`;
  const closed = (peer: Socket): Promise<void> =>
    new Promise((resolve) => (peer.destroyed ? resolve() : peer.once('close', () => resolve())));
  /** With what it is refused, and after how long, ms. */
  async function refused(url: URL, signal = never) {
    const began = performance.now();
    const fault: unknown = await dial(url, { signal }, MAX).catch((error: unknown) => error);
    const { code, details } = fault as { code: string; details: Record<string, unknown> };
    return { code, details, afterMs: performance.now() - began };
  }

  test('its words are in the details, beside the status', async () => {
    const words = '{"err_code":"INVALID_AUTH","err_msg":"grüß Gott"}';
    const { url } = await refusing((peer) => peer.write(head(Buffer.byteLength(words) + 2) + `${words}\n `));
    expect(await refused(url)).toMatchObject({
      code: 'PROVIDER_REFUSED',
      details: { status: 401, body: words },
    });
  });

  test('whoever asked is left with nothing of it', async () => {
    const asked = new AbortController();
    const { url, peers } = await refusing((peer) => peer.write(`${head(2)}no`));
    await refused(url, asked.signal);
    expect(getEventListeners(asked.signal, 'abort')).toEqual([]);
    await closed(peers[0]!);
  });

  test('without words there is no body', async () => {
    const { url } = await refusing((peer) => peer.write(head(0, '429 Too Many Requests')));
    expect((await refused(url)).details).toEqual({ status: 429 });
  });

  test('not more than 4 KiB are kept, nor waited for, and the line is let go', async () => {
    const { url, peers } = await refusing((peer) => {
      peer.write(head(1_000_000) + 'x'.repeat(3000), () => peer.write('x'.repeat(3000)));
    });
    const { details, afterMs } = await refused(url);
    expect(details['body']).toBe('x'.repeat(4096));
    expect(afterMs).toBeLessThan(ANSWER_TIMEOUT_MS);
    await closed(peers[0]!);
  });

  test('a body that never ends does not hold it up beyond its time', async () => {
    const { url, peers } = await refusing((peer) => peer.write(`${head(1000)}so far`));
    const { code, details, afterMs } = await refused(url);
    expect({ code, details }).toEqual({ code: 'PROVIDER_REFUSED', details: { status: 401, body: 'so far' } });
    expect(afterMs).toBeLessThan(2 * ANSWER_TIMEOUT_MS);
    await closed(peers[0]!);
  });

  test('a body that breaks off is told as far as it came', async () => {
    const { url } = await refusing((peer) => {
      peer.write(`${head(1000)}so far`, () => peer.destroy());
    });
    const { code, details, afterMs } = await refused(url);
    expect({ code, details }).toMatchObject({ code: 'PROVIDER_REFUSED', details: { body: 'so far' } });
    expect(afterMs).toBeLessThan(ANSWER_TIMEOUT_MS);
  });

  test('one who asked and will not wait for the words is let go at once', async () => {
    const asked = new AbortController();
    const { url } = await refusing((peer) => peer.write(`${head(1000)}so far`, () => asked.abort()));
    expect(await refused(url, asked.signal)).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});
