/** GraphiQL in a real browser: it works within its content security policy, and keeps no access token. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { startDaemon, tempDir } from './support/daemon.ts';

describe.skipIf(!hasBrowser)(`GraphiQL in Chromium${SKIP_REASON}`, () => {
  test('loads, ignores one in the URL, and stores no headers', async () => {
    const dir = tempDir();
    const config = join(dir, 'sidetone.yaml');
    writeFileSync(config, `server: { port: 0 }\nstorage: { path: ${join(dir, 'test.db')} }\n`);
    const { url } = await startDaemon(config);
    const { page, addresses } = await openPage(`${url}graphql?query=%7BfromTheUrl%7D`);
    await page.locator('.graphiql-execute-button').waitFor();
    expect(page.url()).toBe(`${url}graphql`);
    await page.getByText('Live calls with their transcripts so far').first().waitFor();
    expect(await page.getByText('fromTheUrl').count()).toBe(0);

    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:visible').click();
    await page.keyboard.type('{"authorization": "Bearer secret-token-of-an-admin"');
    await page.waitForTimeout(1000);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('secret-token');
    expect(
      addresses.filter(
        (address) => !/^(data|blob):/.test(address) && new URL(address).host !== new URL(url).host,
      ),
    ).toEqual([]);
  });
});
