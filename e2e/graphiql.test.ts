/** GraphiQL in a real browser: it works within its content security policy, and keeps no access token. Other sites cannot run queries. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { startDaemon, tempDir, until } from './support/daemon.ts';

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

  test('runs no query of a page of another site', async () => {
    const dir = tempDir();
    const config = join(dir, 'sidetone.yaml');
    writeFileSync(config, `server: { port: 0 }\nstorage: { path: ${join(dir, 'test.db')} }\n`);
    const daemon = await startDaemon(config);
    const { url } = daemon;
    const query = `${url}graphql?query=%7B__typename%7D`;
    // A name that is resolved to this machine, so Chromium itself does not prevent the requests.
    const attacker = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end(`<img src="${query}">`),
    ).listen(0, '127.0.0.1');
    await once(attacker, 'listening');
    onTestFinished(() => void attacker.close());
    const { page } = await openPage('about:blank');
    await page.goto(`http://attacker.localhost:${(attacker.address() as AddressInfo).port}/`);
    const outcome = await page.evaluate(`Promise.all([
      fetch('${query}', { mode: 'no-cors' }),
      fetch('${url}graphql', { mode: 'no-cors', method: 'POST', body: '{"query":"{__typename}"}' }),
      fetch('${query}'),
    ].map((attempt) => attempt.then(({ type }) => type, () => 'failed')))`);
    expect(outcome).toEqual(['failed', 'failed', 'failed']);
    await until(
      () => daemon.stderr().includes('requests from pages of other sites are not allowed'),
      'the requests are logged',
    );
  });
});
