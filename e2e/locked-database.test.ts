/** Another program holds the write lock of the database: only what has to be stored waits. */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { query, startDaemon, tempDir, until, writeConfig, type Json } from './support/daemon.ts';
import { simulator } from './support/process.ts';

/** How long the lock is held, in frames of 20 ms that a listener receives meanwhile. */
const FRAMES = 200;
/** Health checks during the lock, one after another. */
const CHECKS = 50;
const CHECK_PAUSE_MS = 20;

/** Sends a status of a call of Vapi and returns the HTTP status. */
async function sendStatus(url: string, providerCallId: string): Promise<number> {
  const call = { id: providerCallId, type: 'inboundPhoneCall', customer: { number: '+15005550006' } };
  const response = await fetch(new URL('providers/vapi/webhook', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: { type: 'status-update', status: 'in-progress', call } }),
  });
  return response.status;
}

const callOf = async (url: string, provider: string, providerCallId: string): Promise<Json> => {
  const call = `callByProviderId(providerId: "${provider}", providerCallId: "${providerCallId}")`;
  return (await query(url, `{ ${call} { listenUrl capabilities } }`)).callByProviderId;
};

test('health checks and live audio go on, and webhooks are stored afterwards', async () => {
  const cloud = await simulator();
  const dir = tempDir();
  const daemon = await startDaemon(writeConfig(dir, cloud));
  await cloud.pointAt(daemon.url);
  const audible = await cloud.startCall('vobiz', 'plumber', { patienceMs: 60_000 });
  const { listenUrl } = await until(async () => {
    const call = await callOf(daemon.url, 'vobiz', audible);
    return call?.listenUrl && call.capabilities.includes('LISTEN') ? call : undefined;
  }, 'the listen URL');
  let frames = 0;
  const messages: Json[] = [];
  const socket = new WebSocket(listenUrl);
  socket.on('message', (data: Buffer, isBinary) =>
    isBinary ? void frames++ : messages.push(JSON.parse(data.toString())),
  );
  await until(() => frames > 0, 'audio');

  const other = new Sqlite(join(dir, 'sidetone.db'));
  other.exec('begin immediate');
  const before = frames;
  // Both are answered while the lock is held: it is released only after them.
  expect(await sendStatus(daemon.url, 'call-during-the-lock')).toBe(503);
  for (let check = 0; check < CHECKS; check++) {
    expect((await fetch(new URL('healthz', daemon.url))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, CHECK_PAUSE_MS));
  }
  await until(() => frames >= before + FRAMES, 'the audio');
  expect((await fetch(new URL('readyz', daemon.url))).status).toBe(503);
  other.exec('rollback');
  other.close();

  await until(() => callOf(daemon.url, 'vapi', 'call-during-the-lock'), 'the call of the rejected webhook');
  await until(
    async () => (await fetch(new URL('readyz', daemon.url))).status === 200,
    'the store to work again',
  );
  expect(await sendStatus(daemon.url, 'call-after-the-lock')).toBe(200);
  expect(messages.filter(({ type }) => type === 'lost')).toEqual([]);
  expect(daemon.stderr()).toContain('"code":"STORE_BUSY"');
  socket.close();
});

test('a signal stops the daemon while the lock is held', async () => {
  const dir = tempDir();
  const daemon = await startDaemon(writeConfig(dir, { url: 'http://127.0.0.1:9' }));
  const other = new Sqlite(join(dir, 'sidetone.db'));
  other.exec('begin immediate');
  expect(await sendStatus(daemon.url, 'call-during-the-lock')).toBe(503);
  expect(await daemon.end('SIGTERM')).toBe(0);
  other.close();
});
