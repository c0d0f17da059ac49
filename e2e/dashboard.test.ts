/** The live part of the dashboard, in a real browser, with the built daemon and the simulator. */
import { describe, expect, test } from 'vitest';
import {
  expectAccessible,
  hasBrowser,
  openPage,
  signOut,
  playedPeak,
  playsTone,
  screenshot,
  SKIP_REASON,
} from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

interface ProviderCall {
  readonly id: string;
  readonly utterances: { readonly nodes: readonly { readonly text: string }[] };
}

/** Returns the call with this Vapi id. */
async function callOf(url: string, providerCallId: string): Promise<ProviderCall | null> {
  const answer = await query(
    url,
    `{ callByProviderId(providerId: "vapi", providerCallId: "${providerCallId}") { id utterances(first: 100) { nodes { text } } } }`,
  );
  return answer.callByProviderId as ProviderCall | null;
}

const TONE_HZ = 1500;
const SCRIPTS = ['plumber', 'renewal', 'parcel', 'pizza'] as const;

/** Sends a Vapi webhook directly, for more calls than the simulator can carry audio for. */
async function sendVapiWebhook(url: string, message: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ message: { timestamp: Date.now(), ...message } });
  const { ok } = await fetch(`${url}providers/vapi/webhook`, { method: 'POST', headers, body });
  expect(ok).toBe(true);
}

const statusUpdate = (id: string, i: number) => ({
  type: 'status-update',
  status: 'in-progress',
  call: {
    id,
    type: 'inboundPhoneCall',
    customer: { number: `+1500555${String(i).padStart(4, '0')}` },
  },
});

const finalTranscript = (id: string, transcript: string) => ({
  type: 'transcript',
  role: 'user',
  transcriptType: 'final',
  transcript,
  call: { id },
});

/** Runs in the page: counts meter movements and row updates. */
const OBSERVE_UPDATES = `{
  window.updates = { meterMoves: 0, rowsMoved: 0 };
  new MutationObserver((changes) => {
    for (const { type, target } of changes) {
      if (type === 'attributes' && target.className === 'meter-bar') updates.meterMoves++;
      if (type === 'attributes' && target.className === 'board-row') updates.rowsMoved++;
      if (type === 'childList' && target.classList.contains('board-space')) updates.rowsMoved++;
    }
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['style'] });
}`;

interface UpdateCounts {
  readonly meterMoves: number;
  readonly rowsMoved: number;
}

const TOKENS = {
  reader: 'reader-token-0123456',
  listener: 'listener-token-0123456',
  all: 'all-token-0123456789',
} as const;
const SCOPES: Readonly<Record<string, string>> = {
  reader: 'read',
  listener: 'listen',
  all: 'read, listen, control',
};

async function start(extra = '') {
  const cloud = await simulator();
  const config = writeConfig(tempDir(), cloud, { extra });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  return { cloud, config, daemon };
}

describe(`the dashboard${SKIP_REASON}`, () => {
  test.skipIf(!hasBrowser)('shows a new call, its live transcript and its audio', async () => {
    const { cloud, daemon } = await start();
    const { page } = await openPage(daemon.url);
    await page.getByText('No live calls').waitFor();
    await expectAccessible(page);

    // Calls appear without a reload.
    const providerCallId = await cloud.startCall('vapi', 'plumber');
    const { id } = await until(() => callOf(daemon.url, providerCallId), 'the call exists');
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="/calls/${id}"]`) });
    await row.filter({ hasText: 'In progress' }).waitFor();
    for (const [i, script] of SCRIPTS.entries()) await cloud.startCall(i % 2 ? 'vapi' : 'vobiz', script);
    await row.filter({ hasText: /(Customer|Assistant) .*\w/ }).waitFor();
    await expectAccessible(page);
    await screenshot(page, 'board');

    // Partials become finals.
    await row.getByRole('link').click();
    const transcript = page.getByRole('log', { name: 'Transcript' });
    await transcript.locator('.line-partial').first().waitFor();
    const partial = (await transcript.locator('.line-partial').first().textContent())!;
    await transcript
      .locator('.line:not(.line-partial)', { hasText: partial.slice(0, 12) })
      .first()
      .waitFor();

    // Listening in sends nothing to the call.
    await page.getByText('Listen only. No audio is sent to the call.').waitFor();
    await page.getByRole('button', { name: 'Listen in' }).click();
    await page.getByText('Listening', { exact: true }).waitFor();
    const muteButton = (party: string) =>
      page.getByRole('button', { name: `Mute the ${party} in your headphones` });
    await cloud.send('POST', `calls/${providerCallId}/tone`, {
      track: 'inbound',
      hz: TONE_HZ,
      dbfs: -3,
      ms: 60_000,
    });
    await until(() => playsTone(page, TONE_HZ), 'the tone is audible');

    // Listening continues on other pages.
    await page.getByRole('link', { name: 'History', exact: true }).click();
    const bar = page.getByRole('region', { name: 'Listening' });
    await bar.getByText('Listening to').waitFor();
    await until(() => playsTone(page, TONE_HZ), 'the tone is audible on another page');
    await expectAccessible(page);
    await bar.getByRole('link').click();
    await page.getByText('Listening', { exact: true }).waitFor();
    expect(await bar.count()).toBe(0);
    await muteButton('customer').click();
    await until(async () => !(await playsTone(page, TONE_HZ)), 'the customer is muted');
    await muteButton('customer').click();
    await until(() => playsTone(page, TONE_HZ), 'the customer is audible again');
    for (const party of ['customer', 'assistant']) await muteButton(party).click();
    await until(async () => (await playedPeak(page)) < 0.001, 'both parties are muted');
    await expectAccessible(page);
  });

  test.skipIf(!hasBrowser)(
    'speaks through the assistant, mutes and ends a call, and shows the progress of each command',
    async () => {
      const { cloud, daemon } = await start();
      const providerCallId = await cloud.startCall('vapi', 'renewal', { ringingMs: 0 });
      const { id } = await until(() => callOf(daemon.url, providerCallId), 'the call exists');
      const { page } = await openPage(`${daemon.url}calls/${id}`, { width: 1440, height: 900 });

      // Events from the provider confirm the command.
      await page.getByRole('button', { name: 'Listen in' }).click();
      await page.getByLabel('Text for the assistant to say').fill('A supervisor is with you.');
      await page.getByRole('button', { name: 'Say', exact: true }).click();
      const commands = page.getByRole('list', { name: 'Your commands' });
      await commands.locator('[data-status="CONFIRMED"]', { hasText: 'A supervisor is with you.' }).waitFor();
      await page.getByRole('log', { name: 'Transcript' }).getByText('A supervisor is with you.').waitFor();
      await screenshot(page, 'call');
      await page.getByRole('button', { name: 'Mute customer', exact: true }).click();
      await page.getByRole('button', { name: 'Unmute customer' }).waitFor();
      expect((await cloud.state(providerCallId)).muted['customer']).toBe(true);

      // A pause is shown until it ends.
      await page.getByRole('button', { name: 'Pause recording' }).click();
      const paused = page.getByRole('status').filter({ hasText: 'Recording paused' });
      await paused.waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Resume recording' }).click();
      await paused.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Pause recording' }).waitFor();

      // Ending a call requires a confirmation.
      const end = page.getByRole('button', { name: 'End call' });
      const dialog = page.getByRole('dialog', { name: 'End this call?' });
      await end.click();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      expect((await cloud.state(providerCallId)).status).toBe('in-progress');
      await end.click();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'End call' }).click();
      await page.getByText('Ended by operator').first().waitFor();
      await page.getByRole('button', { name: 'Say', exact: true }).waitFor({ state: 'detached' });
      const timeline = page.getByRole('region', { name: 'Timeline' });
      await timeline.locator('.timeline-command', { hasText: 'End call' }).getByText('Confirmed').waitFor();

      // Ended calls leave the board.
      await page.getByRole('link', { name: 'Live', exact: true }).click();
      await page.getByText('No live calls').waitFor();
    },
  );

  test.skipIf(!hasBrowser)(
    'shows a lost connection and resumes without a gap when the daemon is back',
    async () => {
      const { cloud, config, daemon } = await start();
      const providerCallId = await cloud.startCall('vapi', 'renewal');
      const { id } = await until(() => callOf(daemon.url, providerCallId), 'the call exists');
      const { page } = await openPage(`${daemon.url}calls/${id}`);
      const lines = page.locator('.line:not(.line-partial)');
      await lines.nth(1).waitFor();
      const seen = await lines.count();

      await daemon.end('SIGKILL');
      await page.getByText('Reconnecting…').waitFor();
      await screenshot(page, 'not-live');
      const { url } = await startDaemon(config, new URL(daemon.url).port);
      await page
        .getByRole('status')
        .filter({ hasText: /^Live$/ })
        .waitFor();

      await until(async () => (await lines.count()) > seen, 'new lines arrive');
      await until(async () => {
        const stored = (await callOf(url, providerCallId))!.utterances.nodes.map(({ text }) => text);
        return stored.join('\n') === (await lines.allTextContents()).join('\n');
      }, 'the page shows every stored line once, in order');
    },
  );

  test.skipIf(!hasBrowser)('requires a token if one is configured, and respects its scopes', async () => {
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

    await signIn('invalid-token-0123');
    await page.getByText('This token is not valid.').waitFor();
    await expectAccessible(page);
    await screenshot(page, 'sign-in');

    await signIn(TOKENS.listener);
    await page.getByText('lacks the scope read').waitFor();
    await expectAccessible(page);
    await signOut(page);

    await signIn(TOKENS.reader);
    await openCall();
    await page.getByText('Your token lacks the scope listen.').waitFor();
    await page.getByText('Your token lacks the scope control. You can only view this call.').waitFor();
    expect(await page.getByRole('button', { name: /Listen in|Say|End call/ }).count()).toBe(0);
    await signOut(page);

    await signIn(TOKENS.all);
    await page.getByRole('button', { name: 'Say', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Listen in' }).click();
    await page.getByText('Listening', { exact: true }).waitFor();
    // The token survives a reload, and no URL contains it, not even that of the listen socket.
    await page.reload();
    await page.getByRole('button', { name: 'Listen in' }).waitFor();
    const withToken = addresses.filter((address) =>
      Object.values(TOKENS).some((token) => address.includes(token)),
    );
    expect(withToken).toEqual([]);
    expect(addresses.some((address) => /\/listen\?expires=\d+&by=.{8}&signature=/.test(address))).toBe(true);
    expect(daemon.stderr() + daemon.stdout()).not.toMatch(/-token-0123/);
  });

  test.skipIf(!hasBrowser)(
    'renders only visible rows of 200 calls, and no row moves because of speech',
    async () => {
      const { cloud, daemon } = await start();
      // Otherwise the simulator would report these calls as unknown, which would end them.
      await cloud.send('PUT', 'vapi/behaviour', { restFailures: 100_000 });
      const { page } = await openPage(daemon.url);
      await page.getByLabel('Sort by').selectOption({ label: 'Caller' });
      const ids = Array.from({ length: 196 }, (_, i) => `webhook-call-${i}`);
      await Promise.all(ids.map((id, i) => sendVapiWebhook(daemon.url, statusUpdate(id, i))));
      // The callers wait, so no call ends and no row may move.
      await Promise.all(SCRIPTS.map((script) => cloud.startCall('vobiz', script, { patienceMs: 60_000 })));
      const table = page.getByRole('table', { name: 'Live calls' });
      const rows = page.locator('.board-scroll .board-row');
      const rowOf = (number: string) => rows.filter({ hasText: number });
      await rowOf('+1 500 555 0000').waitFor();
      await until(
        async () => (await table.getAttribute('aria-rowcount')) === '201',
        'the board has all calls',
      );
      expect(await rows.count()).toBeLessThan(30);

      await page.locator('.board-scroll').evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await rowOf('+91 900 000 0004').waitFor();
      const last = await rowOf('+1 500 555 0195').elementHandle();
      await page.evaluate(OBSERVE_UPDATES);
      await Promise.all(ids.map((id, i) => sendVapiWebhook(daemon.url, finalTranscript(id, `Line ${i}.`))));
      await rowOf('+1 500 555 0195').getByText('Line 195.').waitFor();
      await until(
        async () => (await page.evaluate<UpdateCounts>('updates')).meterMoves > 200,
        'the meters move',
      );
      expect((await page.evaluate<UpdateCounts>('updates')).rowsMoved).toBe(0);
      expect(await last.evaluate((row) => row.isConnected)).toBe(true);
      expect(await rows.count()).toBeLessThan(30);

      await page.locator('.board-scroll').evaluate((element) => element.scrollTo(0, 0));
      await rowOf('+1 500 555 0000').getByText('Line 0.').waitFor();
      await page.getByLabel('Filter by number').fill('5550042');
      await until(async () => (await rows.count()) === 1, 'one call matches');
      await rowOf('+1 500 555 0042').getByText('Line 42.').waitFor();
    },
  );

  test.skipIf(!hasBrowser)('can be operated by keyboard alone, from the board to ending a call', async () => {
    const { cloud, daemon } = await start();
    const { page } = await openPage(daemon.url);
    const focused = page.locator(':focus');
    await Promise.all(['plumber', 'parcel'].map((script) => cloud.startCall('vapi', script)));
    const links = page.getByRole('row').getByRole('link');
    await links.nth(1).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused.textContent()).toBe('Skip to content');
    await page.keyboard.press('Enter');

    await links.first().focus();
    await page.keyboard.press('ArrowDown');
    await until(
      async () => (await focused.textContent()) === (await links.nth(1).textContent()),
      'the second row is focused',
    );
    const address = (await focused.getAttribute('href'))!;
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Control' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(address);
    await until(async () => (await focused.getAttribute('id')) === 'main', 'the new page is focused');

    // Cancelling a dialog restores the focus.
    const end = page.getByRole('button', { name: 'End call' });
    await end.waitFor();
    await end.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await focused.textContent()).toBe('Cancel');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await until(async () => (await focused.textContent()) === 'End call', 'the focus is restored');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Ended by operator').first().waitFor();
  });
});
