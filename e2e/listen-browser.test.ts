/** The browser code of the guide plays a live call: run as it stands there, in a real browser. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasBrowser, hears, openPage, WHERE } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

const TONE_HZ = 1500;

/** The example of the guide that plays with Web Audio. */
const PLAYER = /```js\n(const audio = new AudioContext[\s\S]*?)```/.exec(
  readFileSync('docs/guide/listen.md', 'utf8'),
)?.[1];

test.skipIf(!hasBrowser)(
  `the player of the guide plays a call of Vobiz${WHERE}`,
  { timeout: 60_000 },
  async () => {
    expect(PLAYER).toBeDefined();
    const cloud = await simulator();
    const daemon = await startDaemon(writeConfig(tempDir(), cloud));
    await cloud.pointAt(daemon.url);
    const theirs = await cloud.startCall('vobiz', 'plumber');
    const byTheirs = `{ callByProviderId(providerId: "vobiz", providerCallId: "${theirs}") { status listenUrl } }`;
    const { listenUrl } = await until(async () => {
      const { callByProviderId: call } = await query(daemon.url, byTheirs);
      return call?.listenUrl && call.status === 'IN_PROGRESS' ? (call as { listenUrl: string }) : undefined;
    }, 'the call can be heard');

    // Any page of the daemon's origin that lets foreign scripts in; the dashboard does not.
    const { page } = await openPage(`${daemon.url}healthz`);
    await page.addScriptTag({ content: `{ const listenUrl = ${JSON.stringify(listenUrl)}; ${PLAYER!} }` });
    await cloud.send('POST', `calls/${theirs}/tone`, { track: 'inbound', hz: TONE_HZ, dbfs: -3, ms: 20_000 });
    await until(() => hears(page, TONE_HZ), 'the tone is in the audio graph');
  },
);
