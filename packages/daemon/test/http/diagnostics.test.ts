/** What the API says about the configuration at a provider. */
import { expect, test } from 'vitest';
import { startTestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const QUERY = '{ provider(id: "test") { diagnostics { checkedAt results { name state message remedy } } } }';

test('checks are made for administrators, and contain no secret of the options', async () => {
  const tokens = [
    { name: 'admin', token: 'a'.repeat(32), scopes: ['admin'] },
    { name: 'control', token: 'c'.repeat(32), scopes: ['read', 'control'] },
  ];
  const it = await startTestDaemon(tempDir(), { auth: { tokens } });
  it.script.diagnostics = async () => [
    { name: 'server URL', state: 'WARNING', message: 'not set', remedy: 'Enter it.' },
  ];
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads arbitrary fields of the response
  const query = async (token: string): Promise<any> =>
    (
      await fetch(it.url('graphql'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: QUERY }),
      })
    ).json();
  const { errors } = await query('c'.repeat(32));
  expect(errors[0].extensions.code).toBe('FORBIDDEN');
  const { data } = await query('a'.repeat(32));
  expect(data.provider.diagnostics).toEqual({
    checkedAt: expect.stringMatching(/Z$/),
    results: [{ name: 'server URL', state: 'WARNING', message: 'not set', remedy: 'Enter it.' }],
  });
});
