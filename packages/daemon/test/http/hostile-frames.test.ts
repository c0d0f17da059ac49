/** WebSocket frames that no correct client sends, byte by byte, on each kind of socket. */
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;
beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { limits: { socketMessageBytes: 4096 } });
});

/** Opens a WebSocket by hand, offering compression. */
async function upgrade(path: string): Promise<{ socket: Socket; received: () => Buffer; head: string }> {
  const { hostname, port } = new URL(it.url(''));
  const socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  socket.on('error', () => undefined).on('data', (chunk) => (received = Buffer.concat([received, chunk])));
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      'host: localhost',
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol: graphql-transport-ws',
      'sec-websocket-extensions: permessage-deflate; client_max_window_bits',
      '\r\n',
    ].join('\r\n'),
  );
  await until(() => received.includes('\r\n\r\n'), 'the response to the upgrade');
  const end = received.indexOf('\r\n\r\n') + 4;
  return { socket, received: () => received.subarray(end), head: received.toString('latin1', 0, end) };
}

/** Returns a masked frame whose mask is zero. */
function frame(first: number, length: number, payload = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | length, 0, 0, 0, 0]), payload]);
}

const TEXT = 0x81;
const HOSTILE: readonly (readonly [string, Buffer, closeCode: number])[] = [
  ['an unmasked frame', Buffer.from([TEXT, 2, 0x7b, 0x7d]), 1002],
  ['a compressed frame', frame(0xc1, 2, Buffer.from('{}')), 1002],
  ['reserved bits', frame(0xb1, 2, Buffer.from('{}')), 1002],
  ['an unknown type', frame(0x83, 2, Buffer.from('{}')), 1002],
  ['a continuation of nothing', frame(0x80, 2, Buffer.from('{}')), 1002],
  ['a ping in fragments', frame(0x09, 2, Buffer.from('{}')), 1002],
  ['a ping that is too long', Buffer.from([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0]), 1002],
  ['a text that is not UTF-8', frame(TEXT, 2, Buffer.from([0xff, 0xfe])), 1007],
  ['a length of eight exabytes', Buffer.from([TEXT, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]), 1009],
  ['a length above the limit', Buffer.from([TEXT, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]), 1009],
  ['an invalid close code', frame(0x88, 2, Buffer.from([0x03, 0xed])), 1002],
];

describe.each(['/graphql', '/providers/test/stream/good'])('a socket at %s', (path) => {
  test('does not compress messages', async () => {
    const { socket, head } = await upgrade(path);
    expect(head).toMatch(/^HTTP\/1\.1 101/);
    expect(head).not.toMatch(/sec-websocket-extensions/i);
    socket.destroy();
  });

  test.each(HOSTILE)('is closed after %s', async (_case, bytes, code) => {
    const { socket, received } = await upgrade(path);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await until(() => received().length >= 4, 'the close frame');
    expect([received()[0], received().readUInt16BE(2)]).toEqual([0x88, code]);
    socket.end();
    await closed;
    expect((await it.query('{ latestCursor }')).errors).toBeUndefined();
    expect(it.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
