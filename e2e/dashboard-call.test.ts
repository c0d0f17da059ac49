/** The page of one call in a real browser, with calls that the tests make up. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { startDaemon, tempDir, until } from './support/daemon.ts';
import { liveCall, said, scripted, writeScriptedConfig, type Scripted } from './support/scripted.ts';

let url: string;
let line: Scripted;

beforeAll(async () => {
  if (!hasBrowser) return;
  ({ url } = await startDaemon(writeScriptedConfig(tempDir())));
  line = scripted(url);
});

async function openCall(id: string, size = { width: 1366, height: 768 }): Promise<Page> {
  const { page } = await openPage(`${url}calls/${await line.idOf(id)}`, size);
  await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  return page;
}

const focused = (page: Page): Promise<string | null> => page.locator(':focus').first().textContent();
const topOf = (page: Page, name: string): Promise<number> =>
  page
    .getByRole('button', { name, exact: true })
    .boundingBox()
    .then((box) => Math.round(box!.y));

describe.skipIf(!hasBrowser)(`the page of a call${SKIP_REASON}`, () => {
  test('keeps the buttons in place and a text until it is accepted', async () => {
    await line.emit(liveCall('say'), [said('say', 'CUSTOMER', 'Hello.')]);
    await line.behave({ say: 'refuse', mute: 'confirm' });
    const page = await openCall('say');
    const text = page.getByLabel('Text for the assistant to say');
    const outcomes = page.getByRole('list', { name: 'Your commands' });
    await page.getByRole('button', { name: 'Mute customer' }).waitFor();
    const places = async (): Promise<number[]> => [
      await topOf(page, 'Mute customer'),
      await topOf(page, 'Say'),
    ];
    const before = await places();

    for (const _attempt of [1, 2, 3, 4]) {
      await text.fill('Please hold the line.');
      await page.getByRole('button', { name: 'Say', exact: true }).click();
      await until(async () => (await outcomes.getByText('Refused').count()) === _attempt, 'it is refused');
    }
    expect(await places()).toEqual(before);
    expect(await text.inputValue()).toBe('Please hold the line.');
    await expectAccessible(page);

    // A refused text is edited, and accepted.
    await text.fill('Something else.');
    await outcomes.getByRole('button', { name: 'Edit' }).first().click();
    expect(await text.inputValue()).toBe('Please hold the line.');
    await until(
      () => page.evaluate<boolean>('document.activeElement.matches("textarea")'),
      'the field is focused',
    );
    await line.behave({ say: 'confirm' });
    await page.getByRole('button', { name: 'Say', exact: true }).click();
    await outcomes.locator('[data-status="CONFIRMED"]').waitFor();
    await until(async () => (await text.inputValue()) === '', 'the field is empty');
    // Confirmed commands are folded after some seconds.
    await outcomes.locator('[data-folded]').waitFor();
    expect(await places()).toEqual(before);

    // A button that changes its name keeps the focus.
    await page.getByRole('button', { name: 'Mute customer' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Unmute customer' }).waitFor();
    expect(await focused(page)).toBe('Unmute customer');
  });

  test('accepts the numbers that it shows, explains others, and asks with both numbers', async () => {
    await line.emit(liveCall('transfer', { from: '+919876543210' }));
    await line.behave({ transfer: 'accept' });
    const page = await openCall('transfer');
    const copied = (await page.getByRole('heading', { level: 1 }).textContent())!;
    await page.locator('summary', { hasText: /^Transfer$/ }).click();
    const number = page.getByLabel('Number or SIP address to transfer to');
    const send = page.getByRole('button', { name: 'Transfer', exact: true });
    await number.fill('12x');
    await send.click();
    await page.getByText('Enter a telephone number: + and 4 to 15 digits.').waitFor();
    expect(await number.getAttribute('aria-invalid')).toBe('true');
    await expectAccessible(page);

    await number.fill(copied.replace(/0$/, '1'));
    await page.locator('summary', { hasText: 'More options' }).and(page.locator(':visible')).first().click();
    await page.getByLabel('Extension').fill('12');
    await send.click();
    const dialog = page.getByRole('dialog', { name: 'Transfer this call?' });
    await dialog.getByText('+91 987 654 3210 is moved to +91 987 654 3211').waitFor();
    await dialog.getByRole('button', { name: 'Transfer' }).click();
    await page.getByRole('list', { name: 'Your commands' }).getByText('+91 987 654 3211').waitFor();
    // Keys have a sentence of their own.
    await page.locator('summary', { hasText: 'Send DTMF' }).click();
    await page.getByLabel('Digits: 0-9').fill('12x');
    await page.getByRole('button', { name: 'Send DTMF' }).click();
    await page.getByText('Enter keys: 0-9 * # A-D, w for a pause.').waitFor();
  });

  test('shows that a call is ending until the provider reports its end, and keeps the focus', async () => {
    await line.emit(liveCall('end'));
    await line.behave({ endCall: 'accept' });
    const page = await openCall('end');
    await page.getByRole('button', { name: 'End call' }).click();
    const dialog = page.getByRole('dialog', { name: 'End this call?' });
    await dialog.getByText('+1 500 555 0001 is disconnected').waitFor();
    await dialog.getByRole('button', { name: 'End call' }).click();
    await page.locator('.call-status', { hasText: 'Ending…' }).waitFor();
    const clock = page.locator('.call-time');
    const stopped = await clock.textContent();
    await page.getByLabel('Text for the assistant to say').focus();
    await line.emit([{ type: 'call.ended', providerCallId: 'end', end: { category: 'OPERATOR_ENDED' } }]);
    await page.locator('.call-status', { hasText: 'Ended by operator' }).waitFor();
    expect(stopped).toMatch(/^0:0\d$/);
    await until(
      () => page.evaluate<boolean>('document.activeElement !== document.body'),
      'the focus is kept on the page',
    );
  });
});
