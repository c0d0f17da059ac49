/** Runs tests in a headless Chromium. They are skipped if it is not installed. */
import { existsSync, mkdirSync } from 'node:fs';
import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { onEnd } from './cleanup.ts';
import { PATIENCE_MS } from './patience.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether Chromium is installed. */
export const hasBrowser = existsSync(CHROMIUM);
/** A suffix for the names of skipped tests. */
export const SKIP_REASON = hasBrowser
  ? ''
  : ' (skipped: Chromium not found at /usr/bin/chromium or $CHROMIUM)';

/** Screenshots are committed files, so tests write them only on request. */
const TAKES_SCREENSHOTS = process.env['SIDETONE_SCREENSHOTS'] === '1';
const SCREENSHOTS = 'docs/images';

/**
 * Runs in the page: measures the peak and the loudest frequency of all audio that is played; 0 for silence. Media elements
 * are routed through Web Audio. The analyser of a context that does not run keeps its last sound, so it is not read.
 */
const AUDIO_PROBE = `
  const connect = AudioNode.prototype.connect;
  const analysers = new Map();
  AudioNode.prototype.connect = function (to, ...rest) {
    const { context } = this;
    if (to === context.destination) {
      if (!analysers.has(context))
        analysers.set(context, new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 }));
      connect.call(this, analysers.get(context));
    }
    return connect.call(this, to, ...rest);
  };
  const running = () => [...analysers.values()].filter(({ context }) => context.state === 'running');
  const routed = new WeakSet();
  document.addEventListener('play', ({ target }) => {
    if (routed.has(target)) return;
    routed.add(target);
    const context = new AudioContext();
    context.createMediaElementSource(target).connect(context.destination);
    void context.resume();
  }, true);
  window.playedPeak = () => {
    const peaks = running().map((analyser) => {
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      return Math.max(...samples.map(Math.abs));
    });
    return Math.max(0, ...peaks);
  };
  window.playedHz = () => {
    const loudest = { hz: 0, level: -60 };
    for (const analyser of running()) {
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      const level = Math.max(...levels);
      if (level <= loudest.level) continue;
      loudest.level = level;
      loudest.hz = (levels.indexOf(level) * analyser.context.sampleRate) / analyser.fftSize;
    }
    return loudest.hz;
  };`;

/** Whether the page plays a tone of this frequency. */
export async function playsTone(page: Page, hz: number): Promise<boolean> {
  return Math.abs(Number(await page.evaluate('playedHz()')) - hz) < 20;
}

/** The peak of the audio that the page plays, 0 to 1. */
export async function playedPeak(page: Page): Promise<number> {
  return Number(await page.evaluate('playedPeak()'));
}

/** One for all files of the worker, each test with a context of its own. It ends with the process. */
let browser: Promise<Browser> | undefined;

export interface BrowserPage {
  readonly page: Page;
  /** The URLs of all requests and WebSockets of the page. */
  readonly addresses: readonly string[];
  /** Uncaught exceptions and violations of the content security policy. */
  readonly errors: readonly string[];
}

export async function openPage(
  url: string,
  {
    width = 1280,
    height = 800,
    dark = false,
    /** A script that runs in the page before any other. */
    init = '',
  } = {},
): Promise<BrowserPage> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
  const context = await (
    await browser
  ).newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const addresses: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  page.on('websocket', (socket) => addresses.push(socket.url()));
  page.on('pageerror', (error) => errors.push(`${error.name}: ${error.message}\n${error.stack ?? ''}`));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) errors.push(message.text());
  });
  await page.addInitScript({ content: AUDIO_PROBE + init });
  await page.goto(url);
  onEnd(async () => {
    await context.close();
    if (errors.length > 0) throw new Error(`errors on the page: ${errors.join('\n')}`);
  });
  return { page, addresses, errors };
}

/** Signs out, in all tabs. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('button', { name: 'Sign out in all tabs' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

/** Expects that axe reports no serious violations, in light and dark colours. */
export async function expectAccessible(page: Page): Promise<void> {
  // Half a megabyte, which a document needs once.
  if (await page.evaluate<boolean>('window.axe === undefined')) await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await emulateColors(page, colorScheme);
    // Polled, because a page that is still changing its colours can have temporary violations.
    await expect
      .poll(() => violationsIn(page, colorScheme), { timeout: PATIENCE_MS, interval: 500 })
      .toEqual([]);
  }
  await emulateColors(page, 'light');
}

async function violationsIn(page: Page, colorScheme: string): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Changes the colour scheme and waits until it is painted. */
async function emulateColors(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}

/** Takes a screenshot for the documentation if SIDETONE_SCREENSHOTS=1. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!TAKES_SCREENSHOTS) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}/dashboard-${name}.png` });
}
