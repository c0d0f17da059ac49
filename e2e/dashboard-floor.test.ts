/** The live board as supervisors of many calls use it, in a real browser. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { startDaemon, tempDir, until } from './support/daemon.ts';
import { liveCall, said, scripted, writeScriptedConfig, type Scripted } from './support/scripted.ts';

const TOKENS = { ana: 'ana-token-0123456789', ben: 'ben-token-0123456789' } as const;
const HEADERS = { 'x-access-token': TOKENS.ana };
const numberOf = (i: number): string => `+1500555${String(i).padStart(4, '0')}`;
const shownAs = (i: number): string => `+1 500 555 ${String(i).padStart(4, '0')}`;

describe.skipIf(!hasBrowser)(`the floor${SKIP_REASON}`, () => {
  let url: string;
  let line: Scripted;
  let page: Page;

  /** The first call has the highest number: calls of the same time are in the order of their ids. */
  const start = (...numbers: number[]) =>
    line.emit(...numbers.map((i) => liveCall(`call-${i}`, { from: numberOf(i), createdAt: Date.now() + i })));
  const end = (i: number) =>
    line.emit([{ type: 'call.ended', providerCallId: `call-${i}`, end: { category: 'CUSTOMER_ENDED' } }]);
  const rowOf = (i: number) => page.locator('.board-scroll .board-row').filter({ hasText: shownAs(i) });
  const order = async (): Promise<string> => {
    const rows = await page
      .locator('.board-scroll .board-row')
      .evaluateAll((elements) =>
        elements
          .toSorted((a, b) => Number(a.dataset['index']) - Number(b.dataset['index']))
          .map((row) => row.querySelector('.board-link')!.textContent.slice(-1)),
      );
    return rows.join('');
  };

  async function signIn(to: Page, token: string): Promise<void> {
    await to.getByLabel('Access token').fill(token);
    await to.getByRole('button', { name: 'Sign in' }).click();
  }

  beforeAll(async () => {
    const tokens = Object.entries(TOKENS).map(
      ([name, token]) => `{ name: ${name}, token: ${token}, scopes: [read, listen, control] }`,
    );
    const extra = `auth: { tokens: [${tokens.join(', ')}] }`;
    ({ url } = await startDaemon(writeScriptedConfig(tempDir(), { extra })));
    line = scripted(url, 'line', HEADERS);
    await start(1, 2, 3);
    ({ page } = await openPage(`${url}?sort=newest`, { width: 1366, height: 768 }));
    await signIn(page, TOKENS.ana);
    await rowOf(1).waitFor();
  });

  test('rows keep their places under the pointer, and new calls are counted', async () => {
    expect(await order()).toBe('321');
    await rowOf(2).hover();
    await start(4, 5);
    await end(2);
    await page.getByRole('button', { name: 'Show 2 new calls' }).waitFor();
    expect(await order()).toBe('321');
    await rowOf(2).getByText('ended', { exact: true }).waitFor();
    await page.getByRole('heading', { name: /^Live calls/ }).hover();
    await until(async () => (await order()).startsWith('543'), 'the current order is shown');
    await until(async () => (await order()) === '5431', 'the ended call has left');
  });

  test('the focus moves by keys, and to the next row if its call leaves', async () => {
    const focused = (): Promise<string | null> => page.locator(':focus').textContent();
    await rowOf(5).getByRole('link').focus();
    const moves = [
      ['End', 1],
      ['Home', 5],
      ['j', 4],
      ['j', 3],
      ['k', 4],
    ] as const;
    for (const [key, i] of moves) {
      await page.keyboard.press(key);
      await until(async () => (await focused()) === shownAs(i), `${key} moves the focus to ${i}`);
    }
    await end(4);
    await rowOf(4).getByText('ended', { exact: true }).waitFor();
    expect(await focused()).toBe(shownAs(4));
    await until(async () => {
      await page.keyboard.press('n');
      return (await order()) === '531';
    }, 'the ended call has left');
    await until(async () => (await focused()) === shownAs(3), 'the next row is focused');
  });

  test('several calls are ended at once, each with its own result', async () => {
    await page.getByRole('heading', { name: /^Live calls/ }).click();
    await start(6, 7, 8);
    for (const i of [6, 8]) await rowOf(i).getByRole('checkbox').waitFor();
    await rowOf(8).getByRole('checkbox').click();
    await rowOf(6)
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    const bar = page.getByRole('region', { name: 'Selected calls' });
    await bar.getByText('3 calls selected').waitFor();
    await expectAccessible(page);
    await bar.getByRole('button', { name: 'End…' }).click();
    const dialog = page.getByRole('dialog', { name: 'End 3 calls?' });
    await dialog.getByText(shownAs(7)).waitFor();
    await expectAccessible(page);
    await end(7);
    await dialog.getByRole('button', { name: 'End 3 calls' }).click();
    const results = page.getByRole('dialog', { name: 'End 3 calls' });
    await results.getByText('2 confirmed, 1 refused').waitFor();
    await results
      .getByRole('listitem')
      .filter({ hasText: shownAs(7) })
      .getByText('Refused')
      .waitFor();
    await results.getByRole('button', { name: 'Try again for 1 call' }).waitFor();
    await results.getByText('Close', { exact: true }).click();
    await bar.waitFor({ state: 'detached' });
  });

  test('calls that need attention are first, marked by a word, and counted in the title', async () => {
    await page.getByRole('button', { name: 'Attention' }).click();
    const dialog = page.getByRole('dialog', { name: 'Attention' });
    const threshold = dialog.getByRole('spinbutton', { name: /^Both parties speak/ });
    await threshold.fill('1');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByLabel('Sort by').selectOption({ label: 'Needs attention first' });
    await line.audio(['call-1'], { CUSTOMER: -12, ASSISTANT: -15 });
    await rowOf(1).getByText('Both speak').waitFor();
    expect(await order()).toMatch(/^1/);
    expect(await page.title()).toMatch(/^\(1\) \d live/);
    expect(new URL(page.url()).search).toBe('?sort=attention');
    await expectAccessible(page);
    await line.audio(['call-1'], {});
    await rowOf(1).getByText('Both speak').waitFor({ state: 'detached' });
    // A row without audio does not claim silence.
    await rowOf(3).getByText('unknown').waitFor();
    await until(async () => /^\d live/.test(await page.title()), 'the count is gone');
  });

  test('shortcuts open the help, listen and tag, and can be turned off', async () => {
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await page.keyboard.press('/');
    await until(async () => (await page.locator(':focus').getAttribute('type')) === 'search', 'the search');
    await page.keyboard.type('?');
    expect(await help.count()).toBe(0);
    await page.locator(':focus').fill('');
    await rowOf(3).getByRole('link').focus();
    await page.keyboard.press('l');
    await page
      .getByRole('region', { name: 'Listening' })
      .getByRole('link', { name: shownAs(3) })
      .waitFor();
    await page.keyboard.press('s');
    await page.getByRole('region', { name: 'Listening' }).waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await help.getByText('Search or filter').waitFor();
    await expectAccessible(page);
    await help.getByRole('checkbox').uncheck();
    await help.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('?');
    expect(await help.count()).toBe(0);
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await help.getByRole('checkbox').check();
    await page.keyboard.press('Escape');
  });

  test('shows who else watches a call, and all calls on the wall', async () => {
    const other = await openPage(`${url}calls/${await line.idOf('call-3')}`);
    await signIn(other.page, TOKENS.ben);
    await line.emit([said('call-3', 'CUSTOMER', 'Is anybody there?')]);
    await other.page.getByText('Is anybody there?').first().waitFor();
    await rowOf(3).getByText('ben watching').waitFor();
    expect(await page.getByText('ana watching').count()).toBe(0);
    expect(await other.page.getByText('ben watching').count()).toBe(0);
    await page.goto(`${url}?wall`);
    await page.getByRole('heading', { name: '3 live calls' }).waitFor();
    expect(await page.getByRole('list', { name: 'Live calls' }).getByRole('listitem').count()).toBe(3);
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Leave the wall screen' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').waitFor();
  });
});
