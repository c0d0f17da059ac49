/** A shift of a supervisor in a real browser, from the call that needs attention to the link that a colleague opens. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage, playsTone, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir, until } from './support/daemon.ts';
import { liveCall, said, scripted, writeScriptedConfig } from './support/scripted.ts';

const TOKENS = { ana: 'ana-token-0123456789', ben: 'ben-token-0123456789' } as const;
const TONE_HZ = 600;
const CUSTOMERS = ['+919876543210', '+919876543211', '+915550001234'] as const;
const ANGRY = '+91 987 654 3210';

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const rowOf = (page: Page, text: string) =>
  page.locator('.board-scroll .board-row').filter({ hasText: text });
const confirmed = (page: Page, index: number) =>
  page
    .getByRole('list', { name: 'Your commands' })
    .locator('[data-status="CONFIRMED"]')
    .nth(index)
    .waitFor({ state: 'attached' });

/** The call with both parties speaking comes first, although it is neither the newest nor the longest. */
async function findWhoNeedsAttention(page: Page): Promise<void> {
  await rowOf(page, ANGRY).waitFor();
  await page.getByRole('button', { name: 'Attention' }).click();
  const dialog = page.getByRole('dialog', { name: 'Attention' });
  await dialog.getByRole('spinbutton', { name: /^Both parties speak/ }).fill('1');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('Sort by').selectOption({ label: 'Needs attention first' });
  await rowOf(page, ANGRY).getByText('Both speak').waitFor();
  await until(
    async () => (await page.locator('.board-scroll [data-index="0"]').textContent())!.includes(ANGRY),
    'the call is first',
  );
  expect(await page.title()).toMatch(/^\(1\) 3 live/);
}

async function listenAndHelp(page: Page): Promise<void> {
  await rowOf(page, ANGRY).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: ANGRY }).waitFor();
  await page.getByRole('button', { name: /^Listen/ }).click();
  await until(() => playsTone(page, TONE_HZ), 'the call is heard');

  await page.getByLabel('Text for the assistant to say').fill('A colleague will help you at once.');
  await page.getByRole('button', { name: 'Say', exact: true }).click();
  const log = page.getByRole('log', { name: 'Transcript' });
  await log.getByText('A colleague will help you at once.').waitFor();
  await confirmed(page, 0);

  await page.locator('summary', { hasText: /^Transfer$/ }).click();
  await page.getByLabel('Number or SIP address to transfer to').fill('+91 98765 00000');
  await page.getByRole('button', { name: 'Transfer', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Transfer this call?' });
  await dialog.getByRole('button', { name: 'Transfer' }).click();
  await confirmed(page, 1);
}

async function tagAndNote(page: Page): Promise<void> {
  await page.getByLabel('Add tag').fill('complaint, refund');
  await page.getByLabel('Add tag').press('Enter');
  const tags = page.getByRole('list', { name: 'Tags' });
  for (const tag of ['complaint', 'refund']) await tags.getByText(tag).waitFor();
  await page.getByPlaceholder('Add a note…').fill('Promised a refund until Friday.');
  await page.getByRole('button', { name: 'Add note' }).click();
  await page.getByText('Promised a refund until Friday.').last().waitFor();
}

/** The call is found by its last digits, saved with its search, and played from a line. */
async function reviewInHistory(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'History', exact: true }).click();
  await page.getByLabel('Number, its beginning or its last digits').fill('3210');
  const results = page.getByRole('list', { name: 'Calls' });
  await until(async () => (await results.getByRole('listitem').count()) >= 1, 'there are results');
  await until(async () => new URL(page.url()).search.includes('3210'), 'the search is in the URL');
  await results.getByText(ANGRY).first().waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as CSV' }).click(),
  ]);
  const [head, ...rows] = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(head).toMatch(/^id,providerId,/);
  expect(rows).toEqual([expect.stringContaining(CUSTOMERS[0])]);

  await results.getByRole('link').first().click();
  const line = page.getByRole('button', { name: 'This is the third time that I call!' });
  await line.click();
  await until(async () => {
    if (await playsTone(page, TONE_HZ)) return true;
    // It was played to its end before the tone was measured, on a busy machine.
    if ((await page.getByRole('button', { name: 'Play', exact: true }).count()) > 0) await line.click();
    return false;
  }, 'the recording plays');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const row = page.locator('[data-line]', { hasText: 'third time' });
  await row.hover();
  await row.getByRole('button', { name: 'Link' }).click();
  await row.getByRole('button', { name: /^Copied/ }).waitFor();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

describe.skipIf(!hasBrowser)(`a shift${SKIP_REASON}`, () => {
  test('from attention to a link for a colleague', async () => {
    const dir = tempDir();
    const tokens = `[{ name: ana, token: ${TOKENS.ana}, scopes: [read, listen, control] }, { name: ben, token: ${TOKENS.ben}, scopes: [read] }]`;
    const extra = `auth: { tokens: ${tokens} }\nrecording: { enabled: true, path: '${join(dir, 'recordings')}' }`;
    const { url } = await startDaemon(writeScriptedConfig(dir, { extra }));
    const line = scripted(url, 'line', { 'x-access-token': TOKENS.ana });
    const calls = CUSTOMERS.map((from, i) =>
      liveCall(`call-${i}`, { from, createdAt: Date.now() - i * 1000 }),
    );
    await line.emit(...calls);
    await line.audio(['call-0'], { CUSTOMER: -12, ASSISTANT: -15, hz: TONE_HZ });
    await line.emit([
      said('call-0', 'CUSTOMER', 'I want my money back.', { startMs: 0, endMs: 400 }),
      said('call-0', 'ASSISTANT', 'I am sorry.', { startMs: 500, endMs: 900 }),
      said('call-0', 'CUSTOMER', 'This is the third time that I call!', { startMs: 1000, endMs: 4000 }),
    ]);

    const { page } = await openPage(url, { width: 1366, height: 768 });
    await signIn(page, TOKENS.ana);
    await findWhoNeedsAttention(page);
    await listenAndHelp(page);
    await tagAndNote(page);
    await line.audio(['call-0'], {});
    await line.emit([{ type: 'call.ended', providerCallId: 'call-0', end: { category: 'FORWARDED' } }]);
    await page.getByText('Forwarded').first().waitFor();
    const id = await line.idOf('call-0');
    await until(async () => {
      const { call } = await query(
        url,
        `{ call(id: "${id}") { recording { state } } }`,
        {},
        { 'x-access-token': TOKENS.ana },
      );
      return call.recording?.state === 'COMPLETE';
    }, 'the recording is complete');
    const link = await reviewInHistory(page);

    // The colleague signs in first, and may not listen.
    const colleague = await openPage(link, { width: 1366, height: 768 });
    await signIn(colleague.page, TOKENS.ben);
    await colleague.page
      .locator('.line[aria-current="true"]', { hasText: 'third time that I call' })
      .waitFor();
    await colleague.page.getByText('Promised a refund until Friday.').first().waitFor();
    expect(colleague.page.url()).toBe(link);
    expect(await colleague.page.getByRole('button', { name: 'Play', exact: true }).count()).toBe(0);
  });
});
