/** Signing in to the dashboard: across tabs, on this device, and with a token that ends while it is used. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openPage, signOut, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir } from './support/daemon.ts';
import { writeScriptedConfig } from './support/scripted.ts';

const OPS = 'session-token-0123456789';
const HEADERS = { 'x-access-token': OPS };

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

describe.skipIf(!hasBrowser)(`the session of the dashboard${SKIP_REASON}`, () => {
  test('is shared by all tabs and ends with its token', async () => {
    const extra = `auth: { tokens: [{ name: ops, token: ${OPS}, scopes: [admin] }] }`;
    const { url } = await startDaemon(writeScriptedConfig(tempDir(), { extra }));
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const { createToken } = await query(
      url,
      'mutation ($input: CreateTokenInput!) { createToken(input: $input) { token } }',
      { input: { name: 'anna', scopes: ['READ'], expiresAt } },
      HEADERS,
    );

    // The cursor is in the field, and the new tab asks the first one.
    const { page } = await openPage(`${url}history?said=refund`);
    await heading(page, 'Sign in');
    expect(await page.evaluate('document.activeElement.name')).toBe('token');
    await signIn(page, createToken.token);
    await heading(page, 'History');
    const other = await page.context().newPage();
    await other.goto(`${url}history`);
    await heading(other, 'History');

    await other.getByRole('button', { name: 'Signed in as anna' }).click();
    const menu = other.getByRole('dialog', { name: 'Your session' });
    await menu.getByText(/^The token expires: .*\d/).waitFor();
    const permissions = menu.getByRole('list', { name: 'Permissions' }).getByRole('listitem');
    expect(await permissions.allTextContents()).toEqual([
      'Read calls',
      'Listen to audio (not permitted)',
      'Control calls (not permitted)',
      'Administration (not permitted)',
    ]);
    await expectAccessible(other);

    // The place is kept when the token ends.
    await query(url, 'mutation { revokeToken(name: "anna") { state } }', {}, HEADERS);
    await page.getByText('Your access token has expired or was revoked.').waitFor();
    await other.getByText('Your access token has expired or was revoked.').waitFor();
    await page.getByLabel('Stay signed in on this device').check();
    await signIn(page, OPS);
    await heading(page, 'History');
    expect(await page.getByPlaceholder('Search transcripts').inputValue()).toBe('refund');
    await heading(other, 'History');

    // A token that is kept on the device needs no other tab, until the user signs out.
    await Promise.all([page.goto('about:blank'), other.close()]);
    const third = await page.context().newPage();
    await third.goto(url);
    await heading(third, 'No live calls');
    await page.goto(url);
    await heading(page, 'No live calls');
    await signOut(third);
    await heading(page, 'Sign in');
    await third.reload();
    await heading(third, 'Sign in');
  });
});
