/** History, playback and overview of the dashboard, in a real browser. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  expectAccessible,
  hasBrowser,
  openPage,
  signOut,
  playedPeak,
  screenshot,
  SKIP_REASON,
} from './support/browser.ts';
import { problemsIn, query, startDaemon, tempDir, until, writeConfig, type Json } from './support/daemon.ts';
import { freePort } from './support/ports.ts';
import { simulator } from './support/process.ts';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

const FIELDS = `id from to answeredAt tags notes { text offsetMs }
  recording { startedAt durationMs bytes } utterances(first: 50) { nodes { id text endMs } }`;

interface Playing {
  readonly ms: number;
  readonly isPlaying: boolean;
}

const playing = (page: Page): Promise<Playing> =>
  page.evaluate<Playing>(
    `(({ currentTime, paused }) => ({ ms: currentTime * 1000, isPlaying: !paused }))(document.querySelector('audio'))`,
  );

/** Notes where the next seek leads: a busy machine has played on before a test can ask. */
const noteSeek = (page: Page): Promise<void> =>
  page.evaluate<undefined>(`void (window.seekedTo = new Promise((resolve) => {
    const audio = document.querySelector('audio');
    audio.addEventListener('seeked', () => resolve(audio.currentTime * 1000), { once: true });
  }))`);

const seekedTo = (page: Page): Promise<number> => page.evaluate<number>('window.seekedTo');

/** Whether the current line is visible in the transcript. */
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

/** Waits for an ended call with a transcript and a recording. */
async function endedCall(url: string): Promise<Json> {
  return until(async () => {
    const { calls } = await query(
      url,
      `{ calls(filter: { live: false, providerIds: ["vapi"] }) { nodes { ${FIELDS} } } }`,
    );
    return (calls.nodes as Json[]).find(
      ({ recording, utterances }) => recording && utterances.nodes.length > 3,
    );
  }, 'a call has ended');
}

const fetchCall = async (url: string, id: string): Promise<Json> =>
  (await query(url, `query ($id: ID!) { call(id: $id) { ${FIELDS} } }`, { id })).call;

/** Parses WebVTT cues; times are in ms. */
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

/** Asks again if nothing was downloaded: it has been seen on a busy machine that a download did not start, or not in time. */
async function download(page: Page, button: string, attempts = 3): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent('download').catch((error: unknown) => {
      if (attempts === 1) throw error;
    }),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return file ? readFileSync(await file.path()) : download(page, button, attempts - 1);
}

interface Line {
  readonly id: string;
  readonly text: string;
  readonly endMs: number;
}

/** An ended call, opened in the browser. */
interface OpenCall {
  readonly page: Page;
  readonly url: string;
  readonly call: Json;
  readonly lines: readonly Line[];
  /** The start of the recording, ms from the answer. */
  readonly offsetMs: number;
}

const currentLine = (page: Page) => page.locator('.line[aria-current="true"]');
const lineButton = (page: Page, line: Line) => page.getByRole('button', { name: line.text });
const sliderOf = (page: Page) => page.getByRole('slider', { name: 'Playback position' });
const resultLink = (page: Page, call: Json, line: Line) =>
  page.locator(`a[href="/calls/${call.id}?line=${line.id}"]`);

const paused = (page: Page) => until(async () => !(await playing(page)).isPlaying, 'it pauses');

/** A search finds the call, and its URL can be shared. */
async function openFromSearch(page: Page, call: Json, line: Line): Promise<void> {
  const word = line.text.match(/\p{L}+/gu)!.toSorted((a, b) => b.length - a.length)[0]!;
  await page.getByRole('list', { name: 'Calls' }).waitFor();
  await page.getByLabel('Search transcripts').fill(word);
  const link = resultLink(page, call, line);
  await link.locator('mark', { hasText: word }).first().waitFor();
  await page.getByText(`with “${word}” in the transcript`).waitFor();
  expect(new URL(page.url()).searchParams.get('said')).toBe(word);
  await expectAccessible(page);
  await expectNoOverflow(page);
  await page.reload();
  await link.click();
}

/** Playback starts at the selected line, and the current line follows playback. */
async function playFromLine({ page, lines, offsetMs }: OpenCall): Promise<void> {
  const [before, line, after] = [lines[1]!, lines[2]!, lines[3]!];
  await currentLine(page).and(page.getByText(line.text)).waitFor();
  await sliderOf(page).press('Home');
  await until(async () => (await playing(page)).ms === 0, 'the start of the recording');
  await noteSeek(page);
  await lineButton(page, line).click();
  await until(async () => (await playing(page)).isPlaying, 'it plays');
  const position = (await seekedTo(page)) + offsetMs;
  expect(position).toBeGreaterThanOrEqual(before.endMs - 50);
  expect(position).toBeLessThan(line.endMs);
  await until(async () => (await playedPeak(page)) > 0.02, 'the recording is audible');

  await currentLine(page).and(page.getByText(after.text)).waitFor();
  expect((await playing(page)).ms + offsetMs).toBeGreaterThanOrEqual(line.endMs - 50);
  await expectAccessible(page);
  await expectNoOverflow(page);
}

async function controlByKeyboard({ page, lines }: OpenCall): Promise<void> {
  const slider = sliderOf(page);
  await slider.focus();
  await page.keyboard.press('Space');
  await paused(page);
  await page.keyboard.press('Home');
  const atHome = Number(await slider.getAttribute('aria-valuenow'));
  await page.keyboard.press('ArrowRight');
  expect(Number(await slider.getAttribute('aria-valuenow'))).toBe(atHome + 5);

  await lineButton(page, lines[2]!).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await currentLine(page).and(page.getByText(lines[3]!.text)).waitFor();
  await slider.press('Space');
  await paused(page);
}

/** A note stores the playback position, and seeks back to it. */
async function addNote({ page, url, call, offsetMs }: OpenCall): Promise<void> {
  const notedMs = Math.round((await playing(page)).ms + offsetMs);
  await page.getByLabel('New note').fill('Ask about this again.');
  await page.getByRole('button', { name: 'Add note' }).click();
  const note = page.getByRole('listitem').filter({ hasText: 'Ask about this again.' });
  await note.first().waitFor();
  const [saved] = (await fetchCall(url, call.id)).notes as { text: string; offsetMs: number }[];
  expect(saved!.text).toBe('Ask about this again.');
  expect(Math.abs(saved!.offsetMs - notedMs)).toBeLessThan(100);
  await sliderOf(page).press('End');
  await note.getByRole('button', { name: /^Play from 0:/ }).click();
  // It plays on while the page is asked for its position.
  await until(async () => {
    const playedMs = (await playing(page)).ms + offsetMs - saved!.offsetMs;
    return playedMs > -100 && playedMs < 1000;
  }, 'the note seeks to its position');
}

async function editTags({ page, url, call }: OpenCall): Promise<void> {
  await page.getByLabel('Add tag').fill('call back, vip');
  await page.getByLabel('Add tag').press('Enter');
  await page.getByRole('button', { name: 'Remove tag call back' }).waitFor();
  expect((await fetchCall(url, call.id)).tags).toEqual(['call back', 'vip']);
  await page.getByRole('button', { name: 'Remove tag vip' }).click();
  await page.getByRole('button', { name: 'Remove tag vip' }).waitFor({ state: 'detached' });
  expect((await fetchCall(url, call.id)).tags).toEqual(['call back']);
  await expectAccessible(page);
}

/** Scrolling away stops auto-scroll until the user resumes it. */
async function pauseAutoScroll({ page, lines }: OpenCall): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 520 });
  await sliderOf(page).press('End');
  await currentLine(page)
    .and(page.getByText(lines.at(-1)!.text))
    .waitFor();
  await until(() => isInView(page), 'the current line is visible');
  await page.getByRole('log', { name: 'Transcript' }).hover();
  await page.mouse.wheel(0, -2000);
  const resume = page.getByRole('button', { name: 'Back to current line' });
  await resume.waitFor();
  expect(await isInView(page)).toBe(false);
  await resume.click();
  await until(() => isInView(page), 'the current line is visible again');
  await page.setViewportSize(DESK);
}

/** Exports contain the transcript, the notes and the recording. */
async function exportCall({ page, url, call, lines, offsetMs }: OpenCall): Promise<void> {
  const cues = cuesOf((await download(page, 'Subtitles (VTT)')).toString());
  expect(cues.map(({ text }) => text)).toEqual(lines.map(({ text }) => text));
  expect(cues.map(({ to }) => to)).toEqual(lines.map(({ endMs }) => endMs - offsetMs));
  for (const [i, { from, to }] of cues.entries()) {
    expect(from).toBeLessThan(to);
    // The parties may overlap.
    expect(from).toBeGreaterThanOrEqual(cues[i - 1]?.from ?? 0);
  }
  expect((await download(page, 'Text')).toString()).toContain(`Customer: ${lines[1]!.text}`);
  const json: Json = JSON.parse((await download(page, 'JSON')).toString());
  expect([json.id, json.tags, json.notes.length]).toEqual([call.id, ['call back'], 1]);
  const wav = await download(page, 'Recording (WAV)');
  const { recording } = await fetchCall(url, call.id);
  expect([wav.length, wav.toString('latin1', 0, 4)]).toEqual([recording.bytes, 'RIFF']);
}

/** The back link returns to the search, and other filters work. */
async function returnToSearch({ page, url, call, lines }: OpenCall): Promise<void> {
  await page.getByRole('link', { name: 'Back to history' }).click();
  await resultLink(page, call, lines[2]!).waitFor();
  await page.goto(`${url}history?tag=call+back`);
  await page.getByText('1 call', { exact: true }).waitFor();
  // The browser shows the suggestions itself.
  expect(await page.locator('datalist option[value="call back"]').count()).toBe(0);
  await page.getByLabel('Tags, separated by commas').fill('call');
  await page.locator('datalist option[value="call back"]').waitFor({ state: 'attached' });
  await page.getByLabel('Tags, separated by commas').fill('call back');
  const number = page.getByLabel('Number, its beginning or its last digits');
  await number.fill('no number');
  await page.getByText('Enter a number, its beginning or its last digits').waitFor();
  await number.fill('+0');
  await page.getByText('No calls found').waitFor();
  await number.fill((call.from as string).slice(-4));
  await page.getByText('1 call', { exact: true }).waitFor();
  await expectAccessible(page);
  await page.goto(`${url}history?said=you`);
  await page.locator('mark').first().waitFor();
}

/** Back from a call, also after a reload, leads to the same results at the same position. */
async function returnToPlace(page: Page, href: string): Promise<void> {
  const opened = page.locator(`a.result-link[href="${new URL(href).pathname}"]`);
  const rows = page.locator('.result');
  const count = await rows.count();
  const isAtPlace = async (): Promise<boolean> =>
    (await rows.count()) === count &&
    (await page.evaluate<string>('document.activeElement.href')) === href &&
    (await page.evaluate<number>('document.querySelector("main").scrollTop')) > 500;
  await opened.click();
  await page.getByRole('link', { name: 'Back to history' }).click();
  await until(isAtPlace, 'the place is restored');
  await opened.click();
  await page.getByRole('link', { name: 'Back to history' }).waitFor();
  await page.goBack();
  await until(isAtPlace, 'the place is restored by the back button');
  await page.reload();
  await until(isAtPlace, 'the place is restored after a reload');
}

async function orderByLength(page: Page): Promise<void> {
  await page.getByLabel('Order').selectOption('Longest first');
  await page.getByLabel('Length: at most (minutes)').fill('5');
  const lengths = () =>
    page.evaluate<number[]>(
      `[...document.querySelectorAll('.result-duration')].map(({ textContent }) => {
        const [minutes, seconds] = textContent.split(':').map(Number);
        return minutes * 60 + seconds;
      })`,
    );
  await until(async () => {
    const shown = await lengths();
    return shown.length > 1 && shown.every((length, i) => length <= (shown[i - 1] ?? 300));
  }, 'the longest calls are first');
  expect(new URL(page.url()).searchParams.get('order')).toBe('longest');
}

/** The file has all calls of the search, not only those of the pages that were loaded. */
async function saveSearch(page: Page): Promise<void> {
  const count = Number(
    /^[\d,]+/.exec((await page.locator('.history-count').textContent())!)![0].replace(',', ''),
  );
  const rows = (await download(page, 'Save as CSV')).toString().trim().split('\r\n');
  expect(rows[0]).toMatch(/^id,providerId,/);
  expect(rows).toHaveLength(count + 1);
  expect(count).toBeGreaterThan(60);
}

/** A view is stored under its name, and opened again. */
async function saveView(page: Page): Promise<void> {
  const { search } = new URL(page.url());
  await page.getByText('Saved views').click();
  await page.getByLabel('Name of the view').fill('Long calls');
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await until(async () => new URL(page.url()).search === '', 'the filters are cleared');
  await page.reload();
  await page.getByText('Saved views (1)').click();
  await page.getByRole('link', { name: 'Long calls' }).click();
  await until(async () => new URL(page.url()).search === search, 'the view is open');
  await expectAccessible(page);
  await expectNoOverflow(page);
}

describe(`history and overview of the dashboard${SKIP_REASON}`, () => {
  test.skipIf(!hasBrowser)(
    'finds a call by its transcript, plays it from a line, adds notes and tags, and exports it',
    async () => {
      const dir = tempDir();
      const cloud = await simulator();
      const extra = `log: { level: warn }\nrecording: { enabled: true, path: '${dir}/recordings' }`;
      const port = await freePort();
      const server = `{ port: ${port}, publicUrl: 'http://127.0.0.1:${port}' }`;
      const daemon = await startDaemon(writeConfig(dir, cloud, { server, extra }), String(port));
      const { url } = daemon;
      await cloud.pointAt(url);
      await cloud.startCall('vapi', 'plumber', { ringingMs: 0 });
      const call = await endedCall(url);
      const lines = call.utterances.nodes as Line[];
      const offsetMs = Date.parse(call.recording.startedAt) - Date.parse(call.answeredAt);
      const { page } = await openPage(`${url}history`, DESK);
      const opened: OpenCall = { page, url, call, lines, offsetMs };

      await openFromSearch(page, call, lines[2]!);
      await playFromLine(opened);
      await controlByKeyboard(opened);
      await addNote(opened);
      await editTags(opened);
      await lineButton(page, lines[2]!).click();
      await currentLine(page).and(page.getByText(lines[3]!.text)).waitFor();
      await screenshot(page, 'playback');
      await pauseAutoScroll(opened);
      await exportCall(opened);
      await returnToSearch(opened);
      await screenshot(page, 'history');
      expect(problemsIn(daemon.stderr())).toEqual([]);
    },
  );

  test.skipIf(!hasBrowser)(
    'the overview shows the statistics of the API and links to the calls',
    async () => {
      const cloud = await simulator(['--vapi-history', '400']);
      const { url } = await startDaemon(writeConfig(tempDir(), cloud));
      const { page } = await openPage(`${url}overview?range=30d`, DESK);
      await page.getByText('No calls in this period').waitFor();
      await expectAccessible(page);

      const since = new Date(Date.now() - 40 * 86_400_000).toISOString();
      await query(
        url,
        'mutation ($since: DateTime!) { backfill(input: { providerId: "vapi", since: $since }) { state } }',
        { since },
      );
      await until(
        async () => (await query(url, '{ backfills { state } }')).backfills[0].state === 'DONE',
        'the backfill is done',
      );
      await page.reload();
      const filter = { createdAfter: thirtyDays() };
      const { callStats: stats } = await query(
        url,
        `query ($filter: CallFilter) {
          callStats(filter: $filter, bucket: DAY, timeZone: "${new Intl.DateTimeFormat().resolvedOptions().timeZone}") { calls byEndCategory { category calls } series { calls } }
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
      await page.getByLabel('Split the columns').selectOption('Split by provider');
      await page.getByRole('columnheader', { name: 'Vapi' }).waitFor();
      await page.getByText('Median duration').waitFor();
      await expectAccessible(page);
      await page.getByLabel('Split the columns').selectOption('Split by assistant');
      await page.getByRole('columnheader', { name: 'Nova' }).waitFor();
      await page.getByLabel('Split the columns').selectOption('Not split');
      await page.getByText('Calls over time as a table').click();
      await screenshot(page, 'overview');

      // The link lists as many calls as the number says, in pages.
      const { category, calls } = stats.byEndCategory[0];
      await bars
        .and(page.locator(`[data-id="${category}"]`))
        .getByRole('link')
        .click();
      await page.getByText(`${calls} calls`, { exact: true }).waitFor();
      const rows = page.locator('.result');
      expect(await rows.count()).toBe(30);
      await page.getByRole('button', { name: 'Show more' }).click();
      await until(async () => (await rows.count()) === Math.min(60, calls), 'the next page is loaded');
      const ids = await page.evaluate<string[]>(
        `[...document.querySelectorAll('.result-link')].map((link) => link.href)`,
      );
      expect(new Set(ids).size).toBe(Math.min(60, calls));
      expect(await page.evaluate<string>('document.activeElement.href')).toBe(ids[30]);
      await returnToPlace(page, ids[45]!);
      await orderByLength(page);
      await saveSearch(page);
      await saveView(page);
    },
  );

  test.skipIf(!hasBrowser)(
    'plays a recording only with the scope listen, and no URL contains the token',
    async () => {
      const cloud = await simulator();
      const dir = tempDir();
      const tokens = `[{ name: listener, token: listener-token-0123456, scopes: [read, listen] },
        { name: reader, token: reader-token-0123456, scopes: [read] },
        { name: boss, token: boss-token-01234567, scopes: [admin] }]`;
      const extra = `auth: { tokens: ${tokens} }\nrecording: { enabled: true, path: '${dir}/recordings' }`;
      const { url } = await startDaemon(writeConfig(dir, cloud, { extra }));
      await cloud.pointAt(url);
      await cloud.startCall('vapi', 'brief');

      const { page, addresses } = await openPage(url, DESK);
      const signIn = async (token: string): Promise<void> => {
        await page.getByLabel('Access token').fill(token);
        await page.getByRole('button', { name: 'Sign in' }).click();
      };
      await signIn('listener-token-0123456');
      await page.getByRole('row').filter({ hasText: 'Vapi' }).getByRole('link').click();
      // The first URL expires before it is used; the page requests another one.
      await page.route('**/recording.wav?*', (route) => route.fulfill({ status: 403 }), { times: 1 });
      const ranges: Promise<string | null>[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/recording.wav?')) ranges.push(request.headerValue('range'));
      });
      // The page of the live call changes to playback when the call ends.
      await page.getByRole('button', { name: 'Play', exact: true }).click({ timeout: 30_000 });
      await until(async () => (await playing(page)).isPlaying, 'it plays');
      await page.getByText('You can only read notes.').waitFor();
      expect(await page.getByLabel(/New note|Add tag/).count()).toBe(0);
      await until(async () => (await playing(page)).ms > 500, 'it keeps playing');
      expect(addresses.filter((address) => address.includes('-token-'))).toEqual([]);
      const recordings = addresses.filter((address) =>
        /\/recording\.wav\?expires=\d+&by=.{8}&signature=/.test(address),
      );
      expect(recordings.length).toBeGreaterThan(1);
      // The recording is read in parts, so that it starts at once however long it is.
      expect(await Promise.all(ranges)).not.toContain(null);
      for (const [format, magic] of [
        ['WAV', 'RIFF'],
        ['FLAC', 'fLaC'],
      ] as const) {
        const file = await download(page, `Recording (${format})`);
        expect(file.toString('latin1', 0, 4)).toBe(magic);
      }
      const events = (await download(page, 'Events')).toString().trim().split('\n');
      expect(events.map((line) => (JSON.parse(line) as { type: string }).type)).toContain('SPEECH_STARTED');

      await signOut(page);
      await signIn('reader-token-0123456');
      await page.getByText('You cannot play the recording.').waitFor();
      await page.locator('.line').first().waitFor();
      expect(await page.locator('button.line').count()).toBe(0);
      await expectAccessible(page);

      // An administrator holds a call, which then cannot be erased, and erases it afterwards.
      await signOut(page);
      await signIn('boss-token-01234567');
      await page.getByLabel(/^Reason for a legal hold/).fill('Court order 12.');
      await page.getByRole('button', { name: 'Place legal hold' }).click();
      await page.getByText('A call with a legal hold cannot be erased.').waitFor();
      await page.getByText('Court order 12.').first().waitFor();
      await page.getByRole('button', { name: 'Release legal hold' }).click();
      await page.getByRole('button', { name: 'Erase call' }).click();
      const dialog = page.getByRole('dialog', { name: 'Erase this call?' });
      await dialog.getByText('with +1 500 555').waitFor();
      const confirm = dialog.getByRole('button', { name: 'Erase call' });
      expect(await confirm.isDisabled()).toBe(true);
      await expectAccessible(page);
      await dialog.getByLabel('Type “erase” to confirm').fill('Erase');
      await confirm.click();
      await page.getByRole('heading', { name: 'Call erased' }).waitFor();
      await page.reload();
      await page.getByText('Call not found').waitFor();
    },
  );
});

/** The start of the 30-day range of the overview. */
function thirtyDays(): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - 29);
  return day.toISOString();
}
