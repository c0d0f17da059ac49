/** The dashboard when the daemon is stopped, has another release, or the browser blocks storage: no page is ever empty. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { startDaemon, tempDir } from './support/daemon.ts';
import { liveCall, scripted, writeScriptedConfig } from './support/scripted.ts';

const PLACES = ['History', 'Overview', 'Providers', 'Admin', 'Live'] as const;
const place = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
const FAILED = 'This page could not be loaded';

/** Expects that there is something to read on the page. */
async function expectNotEmpty(page: Page): Promise<void> {
  await page.locator('main').getByText(/\w/).first().waitFor();
}

/** Answers the scripts and styles of a page with 404, as a daemon of another release does. */
const missing = (page: Page, name: string) =>
  page.route(new RegExp(`/assets/${name}`), (route) => route.fulfill({ status: 404, body: 'Not found' }));

describe.skipIf(!hasBrowser)(`the dashboard${SKIP_REASON}`, () => {
  test('shows every page while the daemon is stopped, and loads it when the daemon is back', async () => {
    const config = writeScriptedConfig(tempDir());
    const daemon = await startDaemon(config);
    await scripted(daemon.url).emit(liveCall('a'));
    const { page } = await openPage(daemon.url);
    // One page was not loaded before the stop.
    await page.route(/\/assets\/overview-page/, (route) => route.abort());
    const loaded = page.waitForResponse(/\/assets\/admin-page.*\.js/);
    await page.reload();
    await page.getByRole('row').nth(1).waitFor();
    await loaded;

    await daemon.end('SIGKILL');
    await page.getByText('Reconnecting…').waitFor();
    for (const name of PLACES) {
      await place(page, name).click();
      await expectNotEmpty(page);
    }
    await place(page, 'Overview').click();
    await page.getByRole('heading', { name: FAILED }).waitFor();
    await page.unroute(/\/assets\/overview-page/);

    // A document of another release: its entry script has another name.
    await page.route(daemon.url, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/index-[\w-]+\.js/, 'index-other.js');
      await route.fulfill({ response, body });
    });
    await place(page, 'History').click();
    await page.getByPlaceholder('Search transcripts').fill('half typed');
    await startDaemon(config, new URL(daemon.url).port);
    await page.getByText('Sidetone was updated.').waitFor();
    expect(await page.getByPlaceholder('Search transcripts').inputValue()).toBe('half typed');
    await page.getByRole('button', { name: 'Later' }).click();
    await page.getByText('Sidetone was updated.').waitFor({ state: 'detached' });
    for (const name of PLACES) {
      await place(page, name).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.getByText(/not reachable|could not be loaded/).count()).toBe(0);
    }
  });

  test('offers to load a page again whose files are gone', async () => {
    const { url } = await startDaemon(writeScriptedConfig(tempDir()));
    const { page } = await openPage('about:blank');
    await missing(page, 'history-page');
    await page.goto(url);
    await place(page, 'History').click();
    const failed = page.getByRole('heading', { name: FAILED });
    await failed.waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await failed.waitFor();
    await place(page, 'Live').click();
    await page.getByRole('heading', { name: 'No live calls' }).waitFor();
    await page.unroute(/\/assets\/history-page/);
    await place(page, 'History').click();
    await page.getByRole('heading', { name: 'History', exact: true }).waitFor();
    // Its styles were loaded, too.
    const display = 'getComputedStyle(document.querySelector(".filters")).display';
    await expect.poll(() => page.evaluate(display)).toBe('grid');
  });

  test('works if the browser blocks storage', async () => {
    const token = 'outage-token-0123456789';
    const extra = `auth: { tokens: [{ name: anna, token: ${token}, scopes: [read] }] }`;
    const { url } = await startDaemon(writeScriptedConfig(tempDir(), { extra }));
    const blocked = ['localStorage', 'sessionStorage'].map(
      (name) =>
        `Object.defineProperty(window, '${name}', { get() { throw new DOMException('blocked', 'SecurityError'); } });`,
    );
    const { page } = await openPage(url, { init: blocked.join('\n') });
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'No live calls' }).waitFor();
    for (const name of PLACES) {
      await place(page, name).click();
      await expectNotEmpty(page);
    }
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).waitFor();
  });
});
