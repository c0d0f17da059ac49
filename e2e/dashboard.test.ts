/** The supervisor's story, in a real browser, with the built daemon and the simulator as they are. */
import { describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openDashboard, picture, WHERE } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

const TOKENS = {
  looker: 'looker-token-0123456',
  sound: 'sound-token-0123456',
  all: 'all-token-0123456789',
} as const;
const SCOPES: Readonly<Record<string, string>> = {
  looker: 'read',
  sound: 'listen',
  all: 'read, listen, control',
};

async function start(extra = '') {
  const cloud = await simulator();
  const config = writeConfig(tempDir(), cloud, { extra });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  return { cloud, config, daemon };
}

describe(`the dashboard${WHERE}`, () => {
  test.skipIf(!hasBrowser)(
    'shows a call that begins, its words and sound, and steers it to its end',
    { timeout: 90_000 },
    async () => {
      const { cloud, daemon } = await start();
      const { page } = await openDashboard(daemon.url);
      await page.getByText('No call is live').waitFor();
      await expectAccessible(page);

      // A call appears by itself.
      const theirs = await cloud.startCall('vapi', 'plumber');
      await cloud.startCall('vobiz', 'pizza');
      const row = page.getByRole('row').filter({ hasText: 'Vapi' });
      await row.filter({ hasText: 'In progress' }).waitFor();
      await row.filter({ hasText: /(Customer|Assistant) .*\w/ }).waitFor();
      await expectAccessible(page);
      await picture(page, 'board');

      // Its words settle.
      await row.getByRole('link').click();
      const words = page.getByRole('log', { name: 'Transcript' });
      await words.locator('.line-partial').first().waitFor();
      const partial = (await words.locator('.line-partial').first().textContent())!;
      await words
        .locator('.line:not(.line-partial)', { hasText: partial.slice(0, 12) })
        .first()
        .waitFor();

      // It is heard, and nothing is sent.
      await page.getByText('Listening only – nothing is sent into the call.').waitFor();
      await page.getByRole('button', { name: 'Listen in' }).click();
      await page.getByText('You hear the call').waitFor();
      await until(async () => Number(await page.evaluate('heardPeak()')) > 0.02, 'samples reach the ears');
      for (const party of ['customer', 'assistant']) {
        await page.getByRole('button', { name: `Mute the ${party} in your ears` }).click();
      }
      await until(async () => Number(await page.evaluate('heardPeak()')) < 0.001, 'the ears are closed');

      // What is said is confirmed by the provider's own events.
      await page.getByLabel('Words for the assistant to say').fill('A supervisor is with you.');
      await page.getByRole('button', { name: 'Say', exact: true }).click();
      const own = page.getByRole('list', { name: 'Your commands' });
      await own.locator('[data-status="CONFIRMED"]', { hasText: 'A supervisor is with you.' }).waitFor();
      await words.getByText('A supervisor is with you.').waitFor();
      await expectAccessible(page);
      await picture(page, 'call');

      await page.getByRole('button', { name: 'Mute the customer', exact: true }).click();
      await page.getByRole('button', { name: 'Unmute the customer' }).waitFor();
      expect((await cloud.state(theirs)).muted['customer']).toBe(true);

      // The end cannot be undone, so it is asked about.
      await page.getByRole('button', { name: 'End the call' }).click();
      const dialog = page.getByRole('dialog', { name: 'End this call?' });
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      expect((await cloud.state(theirs)).status).toBe('in-progress');
      await page.getByRole('button', { name: 'End the call' }).click();
      await dialog.getByRole('button', { name: 'End the call' }).click();
      await page.getByText('Ended by an operator').first().waitFor();
      await page.getByText('The call is over: nothing more can be done to it.').waitFor();

      await page.getByRole('link', { name: 'Live', exact: true }).click();
      await cloud.startCall('vobiz', 'parcel');
      await page.getByRole('row').filter({ hasText: 'Vobiz' }).last().waitFor();
      expect(await row.count()).toBe(0);
    },
  );

  test.skipIf(!hasBrowser)(
    'says when it is not live, and goes on without a gap when the daemon is back',
    { timeout: 90_000 },
    async () => {
      const { cloud, config, daemon } = await start();
      const theirs = await cloud.startCall('vapi', 'renewal');
      const byTheirs = `{ callByProviderId(providerId: "vapi", providerCallId: "${theirs}") { id utterances(first: 100) { nodes { text } } } }`;
      const { id } = await until(
        async () => (await query(daemon.url, byTheirs)).callByProviderId as { id: string } | null,
        'the call is known',
      );
      const { page } = await openDashboard(`${daemon.url}calls/${id}`);
      const lines = page.locator('.line:not(.line-partial)');
      await lines.nth(1).waitFor();

      await daemon.end('SIGKILL');
      await page.getByText('Not live – reconnecting').waitFor();
      await picture(page, 'not-live');
      const { url } = await startDaemon(config, new URL(daemon.url).port);
      await page
        .getByRole('status')
        .filter({ hasText: /^Live$/ })
        .waitFor();

      const seen = await lines.count();
      await until(async () => (await lines.count()) > seen, 'words go on');
      await until(async () => {
        const { callByProviderId: call } = await query(url, byTheirs);
        const told = (call.utterances.nodes as { text: string }[]).map(({ text }) => text);
        return told.join('\n') === (await lines.allTextContents()).join('\n');
      }, 'the page has every line that the daemon has, in order, once');
    },
  );

  test.skipIf(!hasBrowser)(
    'asks for a token where one is needed, and shows what its scopes allow',
    async () => {
      const cloud = await simulator();
      const tokens = Object.entries(TOKENS).map(
        ([name, token]) => `{ name: ${name}, token: ${token}, scopes: [${SCOPES[name]}] }`,
      );
      const daemon = await startDaemon(
        writeConfig(tempDir(), cloud, { extra: `auth: { tokens: [${tokens.join(', ')}] }` }),
      );
      await cloud.pointAt(daemon.url);
      await cloud.startCall('vapi', 'plumber');
      const { page, addresses } = await openDashboard(daemon.url);
      const signIn = async (token: string): Promise<void> => {
        await page.getByLabel('Access token').fill(token);
        await page.getByRole('button', { name: 'Sign in' }).click();
      };
      const openCall = async (): Promise<void> => {
        await page.getByRole('row').filter({ hasText: 'In progress' }).getByRole('link').click();
        await page.getByRole('heading', { name: 'Timeline' }).waitFor();
      };

      await signIn('none-of-ours-0123');
      await page.getByText('This token is not known.').waitFor();
      await expectAccessible(page);
      await picture(page, 'sign-in');

      await signIn(TOKENS.sound);
      await page.getByText('lacks the scope read').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Sign out' }).click();

      await signIn(TOKENS.looker);
      await openCall();
      await page.getByText('Your token lacks the scope listen.').waitFor();
      await page.getByText('Your token lacks the scope control: you can look on.').waitFor();
      expect(await page.getByRole('button', { name: /Listen in|Say|End the call/ }).count()).toBe(0);
      await page.getByRole('button', { name: 'Sign out' }).click();

      await signIn(TOKENS.all);
      await page.getByRole('button', { name: 'Say', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Listen in' }).click();
      await page.getByText('You hear the call').waitFor();
      // It is kept in the tab, and is in no address but that of the listen socket.
      await page.reload();
      await page.getByRole('button', { name: 'Listen in' }).waitFor();
      const told = addresses.filter((address) =>
        Object.values(TOKENS).some((token) => address.includes(token)),
      );
      expect(told.map((address) => new URL(address).pathname)).toEqual([
        expect.stringMatching(/^\/calls\/[^/]+\/listen$/),
      ]);
      expect(daemon.stderr() + daemon.stdout()).not.toMatch(/-token-0123/);
    },
  );
});
