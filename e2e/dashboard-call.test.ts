/** The page of one call in a real browser, with calls that the tests make up. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir, until } from './support/daemon.ts';
import {
  endedCall,
  liveCall,
  said,
  scripted,
  utterances,
  writeScriptedConfig,
  type Scripted,
  type ScriptedEvent,
} from './support/scripted.ts';

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

/** Runs in the page: counts changes of rows, not of what is being said. */
const OBSERVE_ROWS = `{
  window.rowChanges = 0;
  new MutationObserver((changes) => {
    window.rowChanges += changes.filter(({ target }) => !target.closest('.transcript-partials')).length;
  }).observe(document.querySelector('.transcript'), { subtree: true, childList: true });
}`;

type Box = { readonly y: number; readonly height: number } | null;
const isWithin = (inner: Box, outer: Box): boolean =>
  inner !== null && outer !== null && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;

const focused = (page: Page): Promise<string | null> => page.locator(':focus').first().textContent();
/** The distances of what can be pressed from the heading of the controls, px. */
const placesOf = (page: Page): Promise<number[]> =>
  page
    .getByRole('region', { name: 'Controls' })
    .evaluate((panel) =>
      [...panel.querySelectorAll('button[type="submit"], summary')].map((each) =>
        Math.round(each.getBoundingClientRect().y - panel.getBoundingClientRect().y),
      ),
    );

describe.skipIf(!hasBrowser)(`the page of a call${SKIP_REASON}`, () => {
  test('keeps the buttons in place and a text until it is accepted', async () => {
    await line.emit(liveCall('say'), [said('say', 'CUSTOMER', 'Hello.')]);
    await line.behave({ say: 'refuse', mute: 'confirm' });
    // On a narrow screen, the outcomes are among the controls.
    const page = await openCall('say', { width: 360, height: 740 });
    const text = page.getByLabel('Text for the assistant to say');
    const outcomes = page.getByRole('list', { name: 'Your commands' });
    await page.getByRole('button', { name: 'Mute customer' }).waitFor();
    const before = await placesOf(page);

    for (const _attempt of [1, 2, 3, 4]) {
      await text.fill('Please hold the line.');
      await page.getByRole('button', { name: 'Say', exact: true }).click();
      await until(async () => (await outcomes.getByText('Refused').count()) === _attempt, 'it is refused');
    }
    expect(await placesOf(page)).toEqual(before);
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
    expect(await placesOf(page)).toEqual(before);

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

  test('keeps a call of 3,000 lines small in the document, and finds all of it', async () => {
    await line.emit(liveCall('long'), utterances('long', 3000));
    const page = await openCall('long');
    const log = page.getByRole('log', { name: 'Transcript' });
    await log.getByText('That is the line number 3000.').waitFor();
    const nodes = () => page.evaluate<number>('document.querySelectorAll(".transcript *").length');
    expect(await nodes()).toBeLessThan(600);

    // Words that arrive render nothing but the partial.
    await page.evaluate(OBSERVE_ROWS);
    const partial = (text: string): ScriptedEvent => ({
      type: 'utterance.partial',
      providerCallId: 'long',
      party: 'CUSTOMER',
      text,
    });
    for (const text of ['One', 'One more', 'One more word']) {
      await line.emit([partial(text)]);
      await log.locator('.line-partial', { hasText: new RegExp(`^${text}$`) }).waitFor();
    }
    expect(await page.evaluate<number>('window.rowChanges')).toBe(0);

    const find = page.getByLabel('Find in this transcript');
    await find.fill('number 1234.');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    const found = log.locator('.line[aria-current="true"]', { hasText: 'number 1234.' });
    await until(async () => isWithin(await found.boundingBox(), await log.boundingBox()), 'it is in view');
    await expectAccessible(page);
    expect(await nodes()).toBeLessThan(600);
  });

  test('opens a link to a line of a long call that has ended', async () => {
    await line.emit(endedCall('linked', 9_000_000), utterances('linked', 3000));
    const id = await line.idOf('linked');
    const { call } = await query(url, `{ call(id: "${id}") { utterances(first: 200) { nodes { id } } } }`);
    const { page } = await openPage(`${url}calls/${id}?line=${call.utterances.nodes[150].id}`);
    const log = page.getByRole('log', { name: 'Transcript' });
    const linked = log.locator('.line[aria-current="true"]', { hasText: 'number 151.' });
    await until(async () => isWithin(await linked.boundingBox(), await log.boundingBox()), 'it is in view');
    // The link of another line is copied as it was opened.
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const other = log.locator('[data-line]', { hasText: 'number 152.' });
    await other.hover();
    await other.getByRole('button', { name: 'Link' }).click();
    await other.getByRole('button', { name: 'Copied to this line' }).waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(
      `${url}calls/${id}?line=${await other.getAttribute('data-line')}`,
    );
  });

  test('shows text in the direction of its script, and breaks long words', async () => {
    const arabic = 'شكرا. المبلغ 1,250.00 SAR. هل هذا صحيح؟';
    await line.emit(liveCall('words', { assistant: { name: 'نور' } }), [
      said('words', 'CUSTOMER', arabic),
      said('words', 'CUSTOMER', 'x'.repeat(600)),
    ]);
    const page = await openCall('words', { width: 360, height: 740 });
    const log = page.getByRole('log', { name: 'Transcript' });
    const text = log.getByText(arabic);
    await text.waitFor();
    const style = 'getComputedStyle(document.querySelector(".line")).direction';
    expect(await page.evaluate<string>(style)).toBe('rtl');
    expect(await log.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  });
});
