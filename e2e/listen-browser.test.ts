/** Runs the browser example of the guide to listening, in a real browser. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { hasBrowser, openPage, playsTone, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

const TONE_HZ = 1500;

/** The example that plays with Web Audio. */
const PLAYER = /```js\n(const audio = new AudioContext[\s\S]*?)```/.exec(
  readFileSync('docs/guide/listen.md', 'utf8'),
)?.[1];

/** Serves an empty page, and returns its URL. */
async function applicationPage(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>application</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test.skipIf(!hasBrowser)(`the player of the guide plays a Vobiz call${SKIP_REASON}`, async () => {
  expect(PLAYER).toBeDefined();
  const cloud = await simulator();
  const daemon = await startDaemon(writeConfig(tempDir(), cloud));
  await cloud.pointAt(daemon.url);
  const providerCallId = await cloud.startCall('vobiz', 'plumber');
  const findCall = `{ callByProviderId(providerId: "vobiz", providerCallId: "${providerCallId}") { status listenUrl } }`;
  const { listenUrl } = await until(async () => {
    const { callByProviderId: call } = await query(daemon.url, findCall);
    return call?.listenUrl && call.status === 'IN_PROGRESS' ? (call as { listenUrl: string }) : undefined;
  }, 'the call has audio');

  // A page of an application on this machine: pages of the daemon run only their own scripts.
  const { page } = await openPage(await applicationPage());
  await page.addScriptTag({ content: `{ const listenUrl = ${JSON.stringify(listenUrl)}; ${PLAYER!} }` });
  await cloud.send('POST', `calls/${providerCallId}/tone`, {
    track: 'inbound',
    hz: TONE_HZ,
    dbfs: -3,
    ms: 20_000,
  });
  await until(() => playsTone(page, TONE_HZ), 'the page plays the tone');
});
