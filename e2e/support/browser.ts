/** The dashboard in a real browser: Debian's Chromium, without a window. Tests that need it are skipped where it is not. */
import { existsSync, mkdirSync } from 'node:fs';
import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a browser: without one, its tests are skipped, and their names say why. */
export const hasBrowser = existsSync(CHROMIUM);
export const WHERE = hasBrowser ? '' : ' (skipped: there is no Chromium at /usr/bin/chromium or $CHROMIUM)';

/** Pictures of the documents are drawn anew only when somebody asks: else tests would change files that are kept. */
const DRAWS = process.env['SIDETONE_SCREENSHOTS'] === '1';
const PICTURES = 'docs/images';

/** In the page: listens in on whatever is played, and tells how loud it is, and its loudest frequency; 0 for nothing. */
const EAR = `
  const connect = AudioNode.prototype.connect;
  let analyser;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      analyser ??= new AnalyserNode(this.context, { fftSize: 2048, smoothingTimeConstant: 0 });
      connect.call(this, analyser);
    }
    return connect.call(this, to, ...rest);
  };
  window.heardPeak = () => {
    if (!analyser) return 0;
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    return Math.max(...samples.map(Math.abs));
  };
  window.heardHz = () => {
    if (!analyser) return 0;
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const bin = levels.indexOf(Math.max(...levels));
    return levels[bin] < -60 ? 0 : (bin * analyser.context.sampleRate) / analyser.fftSize;
  };`;

/** Whether a tone is what the page plays. */
export async function hears(page: Page, hz: number): Promise<boolean> {
  return Math.abs(Number(await page.evaluate('heardHz()')) - hz) < 20;
}

let browser: Browser | undefined;
afterAll(() => browser?.close());

export interface BrowserPage {
  readonly page: Page;
  /** Every address that the page asked for, sockets included. */
  readonly addresses: readonly string[];
  /** What the page itself did wrong: errors that nobody caught, and what its policy refused. */
  readonly wrongs: readonly string[];
}

const open: BrowserPage[] = [];
afterEach(async () => {
  for (const { page, wrongs } of open.splice(0)) {
    await page.context().close();
    if (wrongs.length > 0) throw new Error(`the page did wrong: ${wrongs.join('\n')}`);
  }
});

export async function openPage(
  url: string,
  { width = 1280, height = 800, dark = false } = {},
): Promise<BrowserPage> {
  browser ??= await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const addresses: string[] = [];
  const wrongs: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  page.on('websocket', (socket) => addresses.push(socket.url()));
  page.on('pageerror', (error) => wrongs.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) wrongs.push(message.text());
  });
  await page.addInitScript({ content: EAR });
  await page.goto(url);
  const opened = { page, addresses, wrongs };
  open.push(opened);
  return opened;
}

/** Looks the page over as axe does, light and dark: nothing serious. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await showIn(page, colorScheme);
    // A page that is still being drawn in other colours has some of both; what is wrong with it stays wrong.
    await expect.poll(() => seriousIn(page, colorScheme), { timeout: 5000, interval: 500 }).toEqual([]);
  }
  await showIn(page, 'light');
}

async function seriousIn(page: Page, colorScheme: string): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Changes the colours, and waits until they are drawn: a frame or two later. */
async function showIn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}

/** A picture for the documents, if they are drawn anew. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!DRAWS) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/dashboard-${name}.png` });
}
