/** What was said is found, and heard again from that line: the demo as it is, in a real browser. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openPage, picture, WHERE } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig, type Json } from './support/daemon.ts';
import { sidetone, simulator } from './support/process.ts';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

const FIELDS = `id answeredAt tags notes { text offsetMs }
  recording { startedAt durationMs bytes } utterances(first: 50) { nodes { id text endMs } }`;

/** The page's own element, heard through Web Audio, where the browser tests listen in. */
const LISTEN_IN = `
  const audio = document.querySelector('audio');
  const context = new AudioContext();
  context.createMediaElementSource(audio).connect(context.destination);
  void context.resume();`;

interface Playing {
  readonly ms: number;
  readonly isPlaying: boolean;
}

const playing = (page: Page): Promise<Playing> =>
  page.evaluate<Playing>(
    `(({ currentTime, paused }) => ({ ms: currentTime * 1000, isPlaying: !paused }))(document.querySelector('audio'))`,
  );

/** Whether the line that is heard can be seen in its transcript. */
const isInView = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`(() => {
    const view = document.querySelector('.transcript').getBoundingClientRect();
    const line = document.querySelector('.line[aria-current="true"]').getBoundingClientRect();
    return line.top >= view.top && line.bottom <= view.bottom;
  })()`);

async function expectNoOverflow(page: Page): Promise<void> {
  await page.setViewportSize(PHONE);
  const tooWide = await page.evaluate<number>(
    'Math.max(...[document.documentElement, document.querySelector("main")].map((e) => e.scrollWidth - e.clientWidth))',
  );
  expect(tooWide).toBe(0);
  await page.setViewportSize(DESK);
}

/** A call of the demo that is over, with words and a recording. */
async function callOver(url: string): Promise<Json> {
  return until(
    async () => {
      const { calls } = await query(
        url,
        `{ calls(filter: { live: false, providerIds: ["vapi"] }) { nodes { ${FIELDS} } } }`,
      );
      return (calls.nodes as Json[]).find(
        ({ recording, utterances }) => recording && utterances.nodes.length > 3,
      );
    },
    'a call is over',
    60_000,
  );
}

const callNow = async (url: string, id: string): Promise<Json> =>
  (await query(url, `query ($id: ID!) { call(id: $id) { ${FIELDS} } }`, { id })).call;

/** The cues of a file of subtitles: from when to when, ms, and their words. */
function cuesOf(vtt: string): { from: number; to: number; text: string }[] {
  const ms = (stamp: string): number => {
    const [h, m, s] = stamp.split(':').map(Number);
    return Math.round((h! * 3600 + m! * 60 + s!) * 1000);
  };
  return [...vtt.matchAll(/^(\S+) --> (\S+)\n<v [^>]+>(.*)$/gm)].map(([, from, to, text]) => ({
    from: ms(from!),
    to: ms(to!),
    text: text!.replaceAll('&amp;', '&'),
  }));
}

async function saved(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFileSync(await download.path());
}

describe(`history and overview of the dashboard${WHERE}`, () => {
  test.skipIf(!hasBrowser)(
    'a call is found by a word that was said, heard from that line, noted, tagged and taken along',
    { timeout: 180_000 },
    async () => {
      const demo = sidetone(['demo', '--port', '0', '--data', tempDir(), '--calls', '2']);
      const [, url = ''] = await demo.saw(/Dashboard\s+(http\S+)/);
      const call = await callOver(url);
      const lines = call.utterances.nodes as { id: string; text: string; endMs: number }[];
      const [before, line, after] = [lines[1]!, lines[2]!, lines[3]!];
      const word = line.text.match(/\p{L}+/gu)!.toSorted((a, b) => b.length - a.length)[0]!;

      // It is found by a word, and the search can be shared.
      const { page } = await openPage(`${url}history`, DESK);
      await page.getByRole('list', { name: 'Calls' }).waitFor();
      await page.getByLabel('Words that were said').fill(word);
      const found = page.locator(`a[href="/calls/${call.id}?line=${line.id}"]`);
      await found.locator('mark', { hasText: word }).first().waitFor();
      await page.getByText(`in which “${word}” was said`).waitFor();
      expect(new URL(page.url()).searchParams.get('said')).toBe(word);
      await expectAccessible(page);
      await expectNoOverflow(page);
      await page.reload();
      await found.click();

      // It is heard from that line on.
      const current = page.locator('.line[aria-current="true"]');
      const lineButton = page.getByRole('button', { name: line.text });
      await current.and(page.getByText(line.text)).waitFor();
      const slider = page.getByRole('slider', { name: 'Moment of the call' });
      await slider.press('Home');
      await page.evaluate(LISTEN_IN);
      await lineButton.click();
      await until(async () => (await playing(page)).isPlaying, 'it plays');
      const offsetMs = Date.parse(call.recording.startedAt) - Date.parse(call.answeredAt);
      const { ms } = await playing(page);
      expect(ms + offsetMs).toBeGreaterThanOrEqual(before.endMs - 50);
      expect(ms + offsetMs).toBeLessThan(line.endMs);
      await until(async () => Number(await page.evaluate('heardPeak()')) > 0.02, 'samples reach the ears');
      expect((await playing(page)).ms + offsetMs).toBeLessThan(line.endMs + 500);

      // The line that is heard follows.
      await current.and(page.getByText(after.text)).waitFor();
      const heard = (await playing(page)).ms + offsetMs;
      expect(heard).toBeGreaterThanOrEqual(line.endMs - 50);
      expect(heard).toBeLessThan(after.endMs);
      await expectAccessible(page);
      await expectNoOverflow(page);

      // By keyboard alone.
      await slider.focus();
      await page.keyboard.press('Space');
      await until(async () => !(await playing(page)).isPlaying, 'it pauses');
      await page.keyboard.press('Home');
      const atHome = Number(await slider.getAttribute('aria-valuenow'));
      await page.keyboard.press('ArrowRight');
      expect(Number(await slider.getAttribute('aria-valuenow'))).toBe(atHome + 5);

      await lineButton.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await current.and(page.getByText(after.text)).waitFor();
      await slider.press('Space');
      await until(async () => !(await playing(page)).isPlaying, 'it pauses');

      // A note is about the moment that is heard, and leads back to it.
      const moment = Math.round((await playing(page)).ms + offsetMs);
      await page.getByLabel('A note').fill('Ask about this again.');
      await page.getByRole('button', { name: 'Add note' }).click();
      const note = page.getByRole('listitem').filter({ hasText: 'Ask about this again.' });
      await note.first().waitFor();
      const [kept] = (await callNow(url, call.id)).notes as { text: string; offsetMs: number }[];
      expect(kept!.text).toBe('Ask about this again.');
      expect(Math.abs(kept!.offsetMs - moment)).toBeLessThan(100);
      await slider.press('End');
      await note.getByRole('button', { name: /^Hear 0:/ }).click();
      await until(
        async () => Math.abs((await playing(page)).ms + offsetMs - kept!.offsetMs) < 100,
        'the note leads to its moment',
      );

      // A tag comes, goes, and is found by.
      await page.getByLabel('Add a tag').fill('call back');
      await page.getByLabel('Add a tag').press('Enter');
      await page.getByRole('button', { name: 'Take the tag call back away' }).waitFor();
      expect((await callNow(url, call.id)).tags).toEqual(['call back']);
      await page.getByLabel('Add a tag').fill('vip');
      await page.getByLabel('Add a tag').press('Enter');
      await page.getByRole('button', { name: 'Take the tag vip away' }).click();
      await page.getByRole('button', { name: 'Take the tag vip away' }).waitFor({ state: 'detached' });
      expect((await callNow(url, call.id)).tags).toEqual(['call back']);
      await expectAccessible(page);
      await lineButton.click();
      await current.and(page.getByText(after.text)).waitFor();
      await picture(page, 'playback');

      // Whoever scrolls away is left alone, and finds the way back.
      await page.setViewportSize({ width: 1280, height: 520 });
      await slider.press('End');
      await current.and(page.getByText(lines.at(-1)!.text)).waitFor();
      await until(() => isInView(page), 'the line that is heard is in view');
      await page.getByRole('log', { name: 'Transcript' }).hover();
      await page.mouse.wheel(0, -2000);
      const back = page.getByRole('button', { name: 'Back to what is heard' });
      await back.waitFor();
      expect(await isInView(page)).toBe(false);
      await back.click();
      await until(() => isInView(page), 'the line is in view again');
      await page.setViewportSize(DESK);

      // It is taken along.
      const cues = cuesOf((await saved(page, 'Subtitles (VTT)')).toString());
      expect(cues.map(({ text }) => text)).toEqual(lines.map(({ text }) => text));
      expect(cues.map(({ to }) => to)).toEqual(lines.map(({ endMs }) => endMs - offsetMs));
      for (const [i, { from, to }] of cues.entries()) {
        expect(from).toBeLessThan(to);
        expect(from).toBeGreaterThanOrEqual(cues[i - 1]?.to ?? 0);
      }
      expect((await saved(page, 'Text')).toString()).toContain(`Customer: ${lines[1]!.text}`);
      const json: Json = JSON.parse((await saved(page, 'JSON')).toString());
      expect([json.id, json.tags, json.notes.length]).toEqual([call.id, ['call back'], 1]);
      const wav = await saved(page, 'Recording (WAV)');
      const { recording } = await callNow(url, call.id);
      expect([wav.length, wav.toString('latin1', 0, 4)]).toEqual([recording.bytes, 'RIFF']);

      // The way back leads to the search.
      await page.getByRole('link', { name: 'To history' }).click();
      await found.waitFor();
      await page.goto(`${url}history?tag=call+back`);
      await page.getByText('1 call', { exact: true }).waitFor();
      await page.getByLabel('Number, or how it begins').fill('no number');
      await page.getByText('A number has at most 20 digits').waitFor();
      await page.getByLabel('Number, or how it begins').fill('+0');
      await page.getByText('No call is like that').waitFor();
      await expectAccessible(page);
      await page.goto(`${url}history?said=you`);
      await page.locator('mark').first().waitFor();
      await picture(page, 'history');
      expect(demo.stderr()).toBe('');
    },
  );

  test.skipIf(!hasBrowser)(
    'the overview shows the numbers of the API, and leads to the calls that they count',
    { timeout: 120_000 },
    async () => {
      const cloud = await simulator(['--vapi-history', '400']);
      const { url } = await startDaemon(writeConfig(tempDir(), cloud));
      const { page } = await openPage(`${url}overview?range=30d`, DESK);
      await page.getByText('No calls in this time').waitFor();
      await expectAccessible(page);

      const since = new Date(Date.now() - 40 * 86_400_000).toISOString();
      await query(
        url,
        'mutation ($since: DateTime!) { backfill(input: { providerId: "vapi", since: $since }) { state } }',
        { since },
      );
      await until(
        async () => (await query(url, '{ backfills { state } }')).backfills[0].state === 'DONE',
        'history is taken in',
        60_000,
      );
      await page.reload();
      const filter = { createdAfter: thirtyDays() };
      const { callStats: stats } = await query(
        url,
        `query ($filter: CallFilter) {
          callStats(filter: $filter, bucket: DAY) { calls byEndCategory { category calls } series { calls } }
        }`,
        { filter },
      );
      await page.getByRole('definition').first().getByText(String(stats.calls), { exact: true }).waitFor();
      const bars = page.locator('.bar');
      for (const { category, calls } of stats.byEndCategory as { category: string; calls: number }[]) {
        expect(
          await bars
            .and(page.locator(`[data-id="${category}"]`))
            .locator('strong')
            .textContent(),
        ).toBe(String(calls));
      }
      await page.getByText('Calls over time as a table').click();
      const cells = (await page.locator('.chart-table td').allTextContents()).map(Number);
      expect(cells).toHaveLength(30);
      expect(cells.filter((calls) => calls > 0)).toEqual(
        (stats.series as { calls: number }[]).map(({ calls }) => calls).filter((calls) => calls > 0),
      );
      await expectAccessible(page);
      await expectNoOverflow(page);
      await page.getByText('Calls over time as a table').click();
      await picture(page, 'overview');

      // The calls behind a number are as many as it says, page by page.
      const { category, calls } = stats.byEndCategory[0];
      await bars
        .and(page.locator(`[data-id="${category}"]`))
        .getByRole('link')
        .click();
      await page.getByText(`${calls} calls`, { exact: true }).waitFor();
      const rows = page.locator('.result');
      expect(await rows.count()).toBe(30);
      await page.getByRole('button', { name: 'Show more' }).click();
      await until(async () => (await rows.count()) === Math.min(60, calls), 'the next page is there');
      const ids = await page.evaluate<string[]>(
        `[...document.querySelectorAll('.result-link')].map((link) => link.href)`,
      );
      expect(new Set(ids).size).toBe(Math.min(60, calls));
      expect(await page.evaluate<string>('document.activeElement.href')).toBe(ids[30]);
    },
  );

  test.skipIf(!hasBrowser)(
    'a recording is heard with a token that is in no address, and only with its scope',
    { timeout: 90_000 },
    async () => {
      const cloud = await simulator();
      const dir = tempDir();
      const tokens = `[{ name: ears, token: ears-token-0123456, scopes: [read, listen] },
        { name: eyes, token: eyes-token-0123456, scopes: [read] }]`;
      const extra = `auth: { tokens: ${tokens} }\nrecording: { enabled: true, path: '${dir}/recordings' }`;
      const { url } = await startDaemon(writeConfig(dir, cloud, { extra }));
      await cloud.pointAt(url);
      await cloud.startCall('vapi', 'brief');

      const { page, addresses } = await openPage(url, DESK);
      const signIn = async (token: string): Promise<void> => {
        await page.getByLabel('Access token').fill(token);
        await page.getByRole('button', { name: 'Sign in' }).click();
      };
      await signIn('ears-token-0123456');
      await page.getByRole('row').filter({ hasText: 'Vapi' }).getByRole('link').click();
      // The page of the live call becomes that of the one that is over.
      await page.getByRole('button', { name: 'Play', exact: true }).click({ timeout: 30_000 });
      await until(async () => (await playing(page)).isPlaying, 'it plays');
      await page.getByText('notes are for you to read').waitFor();
      expect(await page.getByLabel(/A note|Add a tag/).count()).toBe(0);
      await until(async () => (await playing(page)).ms > 500, 'it goes on');
      expect(addresses.filter((address) => address.includes('-token-'))).toEqual([]);
      expect(addresses.some((address) => address.endsWith('/recording.wav'))).toBe(true);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await signIn('eyes-token-0123456');
      await page.getByText('what was recorded is not for you to hear').waitFor();
      await page.locator('.line').first().waitFor();
      expect(await page.locator('button.line').count()).toBe(0);
      await expectAccessible(page);
    },
  );
});

/** When the overview's range of thirty days begins. */
function thirtyDays(): string {
  const day = new Date();
  day.setUTCHours(0, 0, 0, 0);
  day.setUTCDate(day.getUTCDate() - 29);
  return day.toISOString();
}
