/** Providers, placing a call and administration in the dashboard, in a real browser. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openPage, signOut, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1366, height: 768 };
const OPS = 'ops-token-0123456789';
const READER = 'reader-token-0123456';
const VAPI_NUMBER = '+1 (500) 555-0006';

const TOKENS = `auth: { tokens: [{ name: ops, token: ${OPS}, scopes: [admin] },
  { name: reader, token: ${READER}, scopes: [read] }] }`;

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

async function open(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
}

/** Accessible in both themes, and not wider than a phone. */
async function expectFit(page: Page): Promise<void> {
  await expectAccessible(page);
  await page.setViewportSize(PHONE);
  const tooWide = await page.evaluate<number>(
    'Math.max(...[document.documentElement, ...document.querySelectorAll("main, header nav")].map((e) => e.scrollWidth - e.clientWidth))',
  );
  expect(tooWide).toBe(0);
  await page.setViewportSize(DESK);
}

/** A rejected webhook is shown with its reason, and past calls are imported. */
async function checkProviders(page: Page, url: string): Promise<void> {
  await fetch(`${url}providers/vapi/webhook`, { method: 'POST', body: '{"message":{}}' });
  await open(page, 'Providers');
  const vapi = page.getByRole('region', { name: 'Vapi' });
  await vapi.getByText('x-vapi-secret: missing').first().waitFor();
  await vapi.getByText(`${url}providers/vapi/webhook`).waitFor();
  await vapi.getByRole('button', { name: 'Copy server URL' }).click();
  await vapi.getByRole('button', { name: /^(Copied|Press Ctrl\+C) server URL/ }).waitFor();
  await vapi.getByRole('button', { name: 'Check configuration' }).click();
  await vapi.getByText('Vapi accepts the private key').waitFor();
  const vobiz = page.getByRole('region', { name: 'Vobiz' });
  await vobiz.getByRole('button', { name: 'Check configuration' }).click();
  await vobiz.getByText('Vobiz accepts authId and authToken').waitFor();
  await vobiz.getByText('It is that of Front desk').waitFor();
  await expectFit(page);
  await vapi.getByText('Import past calls').click();
  const day = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
  await vapi.getByLabel('From').fill(day);
  await vapi.getByRole('button', { name: 'Start import' }).click();
  await vapi.getByText(/^Imported \d+ calls from/).waitFor({ timeout: 30_000 });
}

/** The number is entered as people write it, and the page of the call opens. */
async function placeCall(page: Page, url: string): Promise<void> {
  await open(page, 'Live');
  await page.getByRole('link', { name: 'Place a call' }).click();
  await page.getByLabel('Provider', { exact: true }).selectOption('vobiz');
  await page.getByLabel('Number to call').fill('the customer');
  await page.getByRole('button', { name: 'Place call' }).click();
  await page.getByText('Enter a telephone number').waitFor();
  await expectFit(page);
  await page.getByLabel('Number to call').fill(VAPI_NUMBER);
  await page.getByRole('button', { name: 'Place call' }).click();
  await page.waitForURL(/\/calls\/call_/);
  await page.getByRole('heading', { name: '+1 500 555 0006' }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);
  const { call } = await query(url, `{ call(id: "${id}") { to direction } }`, {}, headersOf(OPS));
  expect(call).toEqual({ to: '+15005550006', direction: 'OUTBOUND' });
}

/** A token is shown once, works, and stops to work when it is revoked. */
async function manageTokens(page: Page, url: string): Promise<void> {
  await open(page, 'Admin');
  await page.getByLabel('Owner').fill('night-shift');
  await page.getByLabel('Listen to audio').check();
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByText('Copy it now').waitFor();
  const token = (await page.locator('.token-value code').textContent())!;
  const viewer = '{ viewer { name scopes } }';
  expect((await query(url, viewer, {}, headersOf(token))).viewer).toEqual({
    name: 'night-shift',
    scopes: ['READ', 'LISTEN'],
  });
  const row = page.getByRole('row').filter({ hasText: 'night-shift' });
  await row.getByText('Read calls, Listen to audio').waitFor();
  await expectFit(page);
  await row.getByRole('button', { name: 'Revoke the token of night-shift' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click();
  await row.getByText(/^Revoked/).waitFor();
  await expect(query(url, viewer, {}, headersOf(token))).rejects.toThrow();
}

/** The audit log has what was done above, filtered by the URL, and as CSV. */
async function readAuditLog(page: Page): Promise<void> {
  await open(page, 'Audit log');
  await page.getByLabel('Action').selectOption('Access token revoked');
  await until(async () => (await page.locator('tbody tr').count()) === 1, 'one entry is shown');
  expect(new URL(page.url()).searchParams.get('action')).toBe('TOKEN_REVOKED');
  await expectFit(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as CSV' }).click(),
  ]);
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('TOKEN_REVOKED');
}

/** A number is erased only after it was typed again. */
async function eraseNumber(page: Page, url: string): Promise<void> {
  const list = '{ calls(filter: { live: false, providerIds: ["vapi"] }, first: 1) { nodes { id from to } } }';
  const { calls } = await query(url, list, {}, headersOf(OPS));
  const [{ id, from }] = calls.nodes;
  await open(page, 'Stored data');
  await page.getByLabel('Number', { exact: true }).fill(from);
  await page.getByRole('button', { name: 'Find calls' }).click();
  await page.getByText(/calls? (was|were) found\./).waitFor();
  const erase = page.getByRole('button', { name: 'Erase for good' });
  expect(await erase.isDisabled()).toBe(true);
  await page.getByLabel('Type the number again').fill(from);
  await expectFit(page);
  await erase.click();
  await page.getByText('Nothing of the number is left').waitFor();
  expect((await query(url, `{ call(id: "${id}") { id } }`, {}, headersOf(OPS))).call).toBeNull();
}

/** What the token lacks is said in its place. */
async function checkReader(page: Page): Promise<void> {
  for (const [name, text] of [
    ['Admin', 'You cannot see or change this.'],
    ['Providers', 'You cannot see rejected requests'],
  ] as const) {
    await open(page, name);
    await page.getByText(text).first().waitFor();
    await expectAccessible(page);
  }
  await open(page, 'Live');
  await page.getByRole('link', { name: 'Place a call' }).click();
  await page.getByText('You cannot place or watch calls.').waitFor();
}

const headersOf = (token: string) => ({ 'x-access-token': token });

describe(`providers and administration in the dashboard${SKIP_REASON}`, () => {
  test.skipIf(!hasBrowser)(
    'shows providers, places a call, manages tokens, reads the audit log and erases a number',
    async () => {
      const cloud = await simulator(['--vapi-history', '20']);
      const config = writeConfig(tempDir(), cloud, {
        extra: TOKENS,
        vapi: { webhook: { secret: 'webhook-secret-0123456' } },
        vobiz: { from: '+918000000001' },
      });
      const { url } = await startDaemon(config);
      await cloud.pointAt(url);
      const { page } = await openPage(url, DESK);
      await signIn(page, OPS);
      await checkProviders(page, url);
      await placeCall(page, url);
      await manageTokens(page, url);
      await readAuditLog(page);
      await eraseNumber(page, url);
      await signOut(page);
      await signIn(page, READER);
      await checkReader(page);
    },
  );
});
