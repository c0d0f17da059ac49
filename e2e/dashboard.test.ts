/** The supervisor's story, in a real browser, with the built daemon and the simulator as they are. */
import { describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, hears, openPage, picture, WHERE } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

interface CallOfTheirs {
  readonly id: string;
  readonly utterances: { readonly nodes: readonly { readonly text: string }[] };
}

/** The call of Vapi that has this id there. */
async function callOf(url: string, theirs: string): Promise<CallOfTheirs | null> {
  const answer = await query(
    url,
    `{ callByProviderId(providerId: "vapi", providerCallId: "${theirs}") { id utterances(first: 100) { nodes { text } } } }`,
  );
  return answer.callByProviderId as CallOfTheirs | null;
}

const TONE_HZ = 1500;
const SCRIPTS = ['plumber', 'renewal', 'parcel', 'pizza'] as const;

/** A message of Vapi, as it would come from there: for more calls than it takes audio for. */
async function tellVapi(url: string, message: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ message: { timestamp: Date.now(), ...message } });
  const { ok } = await fetch(`${url}providers/vapi/webhook`, { method: 'POST', headers, body });
  expect(ok).toBe(true);
}

const madeUpCall = (id: string, i: number) => ({
  type: 'status-update',
  status: 'in-progress',
  call: {
    id,
    type: 'inboundPhoneCall',
    customer: { number: `+1500555${String(i).padStart(4, '0')}` },
  },
});

const madeUpWords = (id: string, transcript: string) => ({
  type: 'transcript',
  role: 'user',
  transcriptType: 'final',
  transcript,
  call: { id },
});

/** In the page: counts what is drawn, and what is rendered anew. */
const WATCH_WORK = `{
  window.work = { meterMoves: 0, rowsMoved: 0 };
  new MutationObserver((changes) => {
    for (const { type, target } of changes) {
      if (type === 'attributes' && target.className === 'meter-bar') work.meterMoves++;
      if (type === 'attributes' && target.className === 'board-row') work.rowsMoved++;
      if (type === 'childList' && target.classList.contains('board-space')) work.rowsMoved++;
    }
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['style'] });
}`;

interface Work {
  readonly meterMoves: number;
  readonly rowsMoved: number;
}

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
    'shows a call that begins, its words as they are said, and its sound',
    { timeout: 90_000 },
    async () => {
      const { cloud, daemon } = await start();
      const { page } = await openPage(daemon.url);
      await page.getByText('No call is live').waitFor();
      await expectAccessible(page);

      // Calls appear by themselves.
      const theirs = await cloud.startCall('vapi', 'plumber');
      const { id } = await until(() => callOf(daemon.url, theirs), 'the call is known');
      const row = page.getByRole('row').filter({ has: page.locator(`a[href="/calls/${id}"]`) });
      await row.filter({ hasText: 'In progress' }).waitFor();
      for (const [i, script] of SCRIPTS.entries()) await cloud.startCall(i % 2 ? 'vapi' : 'vobiz', script);
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
      const ear = (party: string) => page.getByRole('button', { name: `Mute the ${party} in your ears` });
      await cloud.send('POST', `calls/${theirs}/tone`, {
        track: 'inbound',
        hz: TONE_HZ,
        dbfs: -3,
        ms: 60_000,
      });
      await until(() => hears(page, TONE_HZ), 'samples reach the ears');
      await ear('customer').click();
      await until(async () => !(await hears(page, TONE_HZ)), 'the customer is not heard');
      await ear('customer').click();
      await until(() => hears(page, TONE_HZ), 'the customer is heard again');
      for (const party of ['customer', 'assistant']) await ear(party).click();
      await until(async () => Number(await page.evaluate('heardPeak()')) < 0.001, 'nobody is heard');
      await expectAccessible(page);
    },
  );

  test.skipIf(!hasBrowser)(
    'has the assistant say something, mutes, and ends a call, and tells what became of each',
    { timeout: 90_000 },
    async () => {
      const { cloud, daemon } = await start();
      const theirs = await cloud.startCall('vapi', 'renewal', { ringingMs: 0 });
      const { id } = await until(() => callOf(daemon.url, theirs), 'the call is known');
      const { page } = await openPage(`${daemon.url}calls/${id}`, { width: 1440, height: 900 });

      // What is said is confirmed by the provider's own events.
      await page.getByRole('button', { name: 'Listen in' }).click();
      await page.getByLabel('Words for the assistant to say').fill('A supervisor is with you.');
      await page.getByRole('button', { name: 'Say', exact: true }).click();
      const own = page.getByRole('list', { name: 'Your commands' });
      await own.locator('[data-status="CONFIRMED"]', { hasText: 'A supervisor is with you.' }).waitFor();
      await page.getByRole('log', { name: 'Transcript' }).getByText('A supervisor is with you.').waitFor();
      await picture(page, 'call');
      await page.getByRole('button', { name: 'Mute the customer', exact: true }).click();
      await page.getByRole('button', { name: 'Unmute the customer' }).waitFor();
      expect((await cloud.state(theirs)).muted['customer']).toBe(true);

      // The end cannot be undone, so it is asked about.
      const end = page.getByRole('button', { name: 'End the call' });
      const dialog = page.getByRole('dialog', { name: 'End this call?' });
      await end.click();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      expect((await cloud.state(theirs)).status).toBe('in-progress');
      await end.click();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'End the call' }).click();
      await page.getByText('Ended by an operator').first().waitFor();
      await page.getByRole('button', { name: 'Say', exact: true }).waitFor({ state: 'detached' });
      const timeline = page.getByRole('region', { name: 'Timeline' });
      await timeline
        .locator('.timeline-command', { hasText: 'End the call' })
        .getByText('Confirmed')
        .waitFor();

      // A call that is over is on the board no more.
      await page.getByRole('link', { name: 'Live', exact: true }).click();
      await page.getByText('No call is live').waitFor();
    },
  );

  test.skipIf(!hasBrowser)(
    'says when it is not live, and goes on without a gap when the daemon is back',
    { timeout: 90_000 },
    async () => {
      const { cloud, config, daemon } = await start();
      const theirs = await cloud.startCall('vapi', 'renewal');
      const { id } = await until(() => callOf(daemon.url, theirs), 'the call is known');
      const { page } = await openPage(`${daemon.url}calls/${id}`);
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
        const told = (await callOf(url, theirs))!.utterances.nodes.map(({ text }) => text);
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
      const { page, addresses } = await openPage(daemon.url);
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

  test.skipIf(!hasBrowser)(
    'is steady with 200 calls: only what is seen is there, and neither words nor levels move a row',
    { timeout: 90_000 },
    async () => {
      const { cloud, daemon } = await start();
      // Asked about calls that it does not have, the cloud would say so, and they would end.
      await cloud.send('PUT', 'vapi/behaviour', { restFailures: 100_000 });
      const { page } = await openPage(daemon.url);
      await page.getByLabel('Order').selectOption({ label: 'By caller' });
      const ids = Array.from({ length: 196 }, (_, i) => `made-up-${i}`);
      await Promise.all(ids.map((id, i) => tellVapi(daemon.url, madeUpCall(id, i))));
      // Callers who wait: no call ends, so no row has a reason to move.
      await Promise.all(SCRIPTS.map((script) => cloud.startCall('vobiz', script, { patienceMs: 60_000 })));
      const table = page.getByRole('table', { name: 'Live calls' });
      const rows = page.locator('.board-scroll .board-row');
      const rowOf = (number: string) => rows.filter({ hasText: number });
      await rowOf('+1 500 555 0000').waitFor();
      await until(async () => (await table.getAttribute('aria-rowcount')) === '201', 'all calls are there');
      expect(await rows.count()).toBeLessThan(30);

      await page.locator('.board-scroll').evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await rowOf('+91 900 000 0004').waitFor();
      const last = await rowOf('+1 500 555 0195').elementHandle();
      await page.evaluate(WATCH_WORK);
      await Promise.all(ids.map((id, i) => tellVapi(daemon.url, madeUpWords(id, `Line ${i}.`))));
      await rowOf('+1 500 555 0195').getByText('Line 195.').waitFor();
      await until(async () => (await page.evaluate<Work>('work')).meterMoves > 200, 'meters move');
      expect((await page.evaluate<Work>('work')).rowsMoved).toBe(0);
      expect(await last.evaluate((row) => row.isConnected)).toBe(true);
      expect(await rows.count()).toBeLessThan(30);

      await page.locator('.board-scroll').evaluate((element) => element.scrollTo(0, 0));
      await rowOf('+1 500 555 0000').getByText('Line 0.').waitFor();
      await page.getByLabel('Filter by number').fill('5550042');
      await until(async () => (await rows.count()) === 1, 'one call is left');
      await rowOf('+1 500 555 0042').getByText('Line 42.').waitFor();
    },
  );

  test.skipIf(!hasBrowser)(
    'is used by keyboard alone, from the first row to the end of a call',
    { timeout: 60_000 },
    async () => {
      const { cloud, daemon } = await start();
      const { page } = await openPage(daemon.url);
      const focused = page.locator(':focus');
      await Promise.all(['plumber', 'parcel'].map((script) => cloud.startCall('vapi', script)));
      const links = page.getByRole('row').getByRole('link');
      await links.nth(1).waitFor();
      await page.keyboard.press('Tab');
      expect(await focused.textContent()).toBe('Skip to the content');
      await page.keyboard.press('Enter');

      await links.first().focus();
      await page.keyboard.press('ArrowDown');
      await until(
        async () => (await focused.textContent()) === (await links.nth(1).textContent()),
        'the second row has the focus',
      );
      const address = (await focused.getAttribute('href'))!;
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Control' }).waitFor();
      expect(new URL(page.url()).pathname).toBe(address);
      await until(async () => (await focused.getAttribute('id')) === 'main', 'the new page has the focus');

      // A question that is called off gives the focus back to where it was.
      const end = page.getByRole('button', { name: 'End the call' });
      await end.waitFor();
      await end.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      expect(await focused.textContent()).toBe('Cancel');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await until(async () => (await focused.textContent()) === 'End the call', 'the focus is back');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByText('Ended by an operator').first().waitFor();
    },
  );
});
