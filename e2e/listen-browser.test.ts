/** The browser code of the guide plays a live call: run as it stands there, in a real browser. */
import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isHere = existsSync(CHROMIUM);
const TONE_HZ = 1500;

/** The example of the guide that plays with Web Audio. */
const PLAYER = /```js\n(const audio = new AudioContext[\s\S]*?)```/.exec(
  readFileSync('docs/guide/listen.md', 'utf8'),
)?.[1];

let browser: Browser | undefined;
afterAll(() => browser?.close());

/** Runs in the page: listens in on whatever is played, and looks for the loudest frequency. */
const METER = `
  const connect = AudioNode.prototype.connect;
  let analyser;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      analyser ??= new AnalyserNode(this.context, { fftSize: 2048, smoothingTimeConstant: 0 });
      connect.call(this, analyser);
    }
    return connect.call(this, to, ...rest);
  };
  window.loudestHz = () => {
    if (!analyser) return 0;
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const bin = levels.indexOf(Math.max(...levels));
    return levels[bin] < -60 ? 0 : (bin * analyser.context.sampleRate) / analyser.fftSize;
  };`;

test.skipIf(!isHere)(
  'the player of the guide plays a call of Vobiz (skipped where there is no Chromium)',
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

    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
    const page = await browser.newPage();
    // Any page of the daemon's origin that lets foreign scripts in; the dashboard does not.
    await page.goto(`${daemon.url}healthz`);
    await page.addScriptTag({ content: METER });
    await page.addScriptTag({ content: `{ const listenUrl = ${JSON.stringify(listenUrl)}; ${PLAYER!} }` });
    await cloud.send('POST', `calls/${theirs}/tone`, { track: 'inbound', hz: TONE_HZ, dbfs: -3, ms: 20_000 });
    const hears = async (): Promise<boolean> =>
      Math.abs(Number(await page.evaluate('window.loudestHz()')) - TONE_HZ) < 20;
    await until(hears, 'the tone is in the audio graph');
  },
);
