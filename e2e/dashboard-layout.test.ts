/** The layout of every page of the dashboard with texts that are hard to lay out, at all widths and in both themes. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir } from './support/daemon.ts';
import {
  addLongCall,
  HOSTILE_PROVIDERS,
  HOSTILE_TEXT,
  linesOf,
  startCalls,
  startLiveCall,
  type Lines,
} from './support/hostile-calls.ts';
import { layoutProblems } from './support/layout.ts';
import { liveCall, writeScriptedConfig } from './support/scripted.ts';

const SIZES = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
] as const;
const THEMES = ['light', 'dark'] as const;

const TOKEN = 'layout-token-0123456789';
const HEADERS = { 'x-access-token': TOKEN };

interface Fixture {
  readonly url: string;
  readonly lines: Lines;
  liveId: string;
  endedId: string;
}

/** A state of the dashboard. The same page opens them in the order of the table. */
interface State {
  /** Changes what the daemon has before the page is opened. */
  readonly prepare?: (fixture: Fixture) => Promise<unknown>;
  /** The path to open; without it, the page stays as the state before left it. */
  readonly path?: string | ((fixture: Fixture) => string);
  /** Clicks and types to reach the state, and waits until the page shows it. */
  readonly reach: (page: Page, fixture: Fixture) => Promise<unknown>;
}

const shows = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor();
const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { name }).first().waitFor();
const rows = (page: Page) => page.getByRole('row').nth(2).waitFor();
const livePath = ({ liveId }: Fixture): string => `calls/${liveId}`;
const endedPath = ({ endedId }: Fixture): string => `calls/${endedId}`;

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Adds the calls with every kind of text, with notes and tags. */
async function addCalls(fixture: Fixture): Promise<void> {
  const { url, lines } = fixture;
  [fixture.liveId, fixture.endedId] = await Promise.all([startLiveCall(lines), addLongCall(lines)]);
  for (const id of [fixture.liveId, fixture.endedId]) {
    await query(
      url,
      `mutation ($id: ID!, $tags: [String!], $text: String!) {
        tagCall(callId: $id, add: $tags) { id }
        addNote(callId: $id, text: $text) { id }
      }`,
      { id, tags: ['w'.repeat(64), 'دفع متأخر', 'vip'], text: HOSTILE_TEXT },
      HEADERS,
    );
  }
}

/** To test the layout of another page or state, add it here. */
const STATES: Readonly<Record<string, State>> = {
  'sign-in': { path: '', reach: heading('Sign in') },
  'sign-in with a wrong token': {
    async reach(page) {
      await signIn(page, 'x'.repeat(200));
      await page.getByRole('alert').waitFor();
    },
  },
  'board without calls': {
    async reach(page) {
      await signIn(page, TOKEN);
      await heading('No live calls')(page);
    },
  },
  'session menu': {
    async reach(page) {
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await page.getByRole('button', { name: 'Sign out in all tabs' }).waitFor();
    },
  },
  'history without calls': { path: 'history', reach: heading('No calls yet') },
  'overview without calls': { path: 'overview', reach: heading('No calls in this period') },
  'board with 4 calls': { prepare: ({ lines }) => startCalls(lines, 0, 4), path: '', reach: rows },
  'board with 60 calls': { prepare: ({ lines }) => startCalls(lines, 4, 60), path: '', reach: rows },
  'board with 200 calls': { prepare: ({ lines }) => startCalls(lines, 60, 200), path: '', reach: rows },
  'board without matches': {
    async reach(page) {
      await page.getByRole('searchbox').fill('no call has this');
      await heading(/None of 200 calls/)(page);
    },
  },
  'live call': {
    prepare: addCalls,
    path: livePath,
    reach: (page) => page.getByRole('log').getByText('A short line.').first().waitFor(),
  },
  'live call with open forms': {
    async reach(page) {
      await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    },
  },
  'live call with a question': {
    async reach(page) {
      await page.getByRole('button', { name: 'End call' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'ended call of 3,000 lines': { path: endedPath, reach: shows('line number 2') },
  'call not found': { path: 'calls/none', reach: heading('Call not found') },
  'history with results': { path: 'history', reach: (page) => page.locator('.result').nth(5).waitFor() },
  'history with dates and long words': {
    path: `history?said=word&when=dates&from=2026-01-01&to=2026-01-02`,
    reach: shows(/./),
  },
  'history with found lines': {
    path: 'history?said=pause',
    reach: (page) => page.locator('mark').first().waitFor(),
  },
  'history without results': {
    path: `history?said=${'nothing'.repeat(30)}`,
    reach: heading('No calls found'),
  },
  providers: { path: 'providers', reach: heading('Providers') },
  'place a call': { path: 'place-call', reach: heading('Place a call') },
  tokens: { path: 'admin', reach: heading(/tokens/i) },
  'audit log': { path: 'admin/audit', reach: shows(/./) },
  overview: { path: 'overview', reach: heading('Outcomes') },
  'page not found': { path: 'calls/a/b', reach: heading('Page not found') },
  notices: {
    prepare: ({ lines }) =>
      lines.word.emit(
        liveCall('noticed'),
        ['first', 'second', 'third'].map((code) => ({
          type: 'notice',
          providerCallId: 'noticed',
          code,
          message: `${code} ${HOSTILE_TEXT}`,
          concerns: 'PROVIDER',
        })),
      ),
    path: '',
    reach: (page) => page.getByRole('region', { name: 'Notices' }).getByText('First').waitFor(),
  },
};

describe.skipIf(!hasBrowser)(`the layout of the dashboard${SKIP_REASON}`, () => {
  let fixture: Fixture;
  let page: Page;

  beforeAll(async () => {
    const extra = `auth: { tokens: [{ name: the-supervisor-of-the-late-shift, token: ${TOKEN}, scopes: [admin] }] }`;
    const config = writeScriptedConfig(tempDir(), { providers: HOSTILE_PROVIDERS, extra });
    const { url } = await startDaemon(config);
    fixture = { url, lines: linesOf(url, HEADERS), liveId: '', endedId: '' };
    ({ page } = await openPage(url));
  });

  /** Opens a state in a window of usual size. */
  async function open({ prepare, path, reach }: State): Promise<void> {
    await prepare?.(fixture);
    await page.setViewportSize({ width: 1366, height: 768 });
    if (path !== undefined)
      await page.goto(fixture.url + (typeof path === 'function' ? path(fixture) : path));
    await reach(page, fixture);
  }

  /** The problems at all sizes and in both themes, each with where it was found. */
  async function problemsOf(): Promise<string[]> {
    const problems = new Map<string, string[]>();
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await page.evaluate(
          'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))',
        );
        for (const problem of await layoutProblems(page))
          problems.set(problem, [...(problems.get(problem) ?? []), `${size.width} ${colorScheme}`]);
      }
    }
    return [...problems].map(([problem, where]) => `${problem} (${where.join(', ')})`);
  }

  test.each(Object.entries(STATES))('is correct: %s', async (_name, state) => {
    await open(state);
    expect(await problemsOf()).toEqual([]);
  });

  test('prints a call from its start to its end', async () => {
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.goto(fixture.url + livePath(fixture));
    await page.getByRole('log').getByText('A short line.').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    const isWhole = `['.shell-main', '.transcript', '.call-side'].every((name) => {
      const { clientHeight, scrollHeight } = document.querySelector(name);
      return clientHeight === scrollHeight;
    })`;
    expect(await page.evaluate(isWhole)).toBe(true);
    expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false);
    await page.emulateMedia({ media: null, forcedColors: 'active' });
    const meter = '<span class="meter"><span class="meter-bar"></span></span>';
    await page.evaluate(
      `document.querySelector('main').insertAdjacentHTML('beforeend', ${JSON.stringify(meter)})`,
    );
    const colours = `['.meter', '.meter-bar'].map((name) => getComputedStyle(document.querySelector(name)).backgroundColor)`;
    const [track, bar] = await page.evaluate<string[]>(colours);
    expect(bar).not.toBe(track);
    await page.emulateMedia({ forcedColors: null });
  });

  test('is checked: each rule finds what it is for', async () => {
    const find = async (css: string, size: (typeof SIZES)[number]): Promise<string> => {
      await page.evaluate(`{
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(${JSON.stringify(css)});
        document.adoptedStyleSheets = [sheet];
      }`);
      await page.setViewportSize(size);
      return (await layoutProblems(page)).join('\n');
    };
    const [phone, , laptop] = SIZES;
    await open({ path: '', reach: rows });
    expect(await find('', laptop)).toBe('');
    expect(await find('.board-header { flex: 0 1 auto }', laptop)).toContain('cut: text “Latest transcript”');
    expect(await find('.board-scroll .clip { text-overflow: clip }', laptop)).toContain('cut: text');
    expect(await find('.board-scroll .clip { white-space: normal }', laptop)).toContain('overlap: text');
    expect(await find('.shell { position: fixed; width: 120vw }', laptop)).toContain('outside: ');
    expect(await find('.board-filters > select { max-width: none }', phone)).toBe('');
    expect(await find('.board { width: 400px }', phone)).toMatch(/document: main.* scrolls sideways/);
    expect(await find('.shell { height: 110vh }', laptop)).toContain('document: ');
    expect(await find('.button { width: 2rem }', laptop)).toContain('spill: ');
    expect(
      await find(
        '.board-space::after { content: ""; position: absolute; top: 100%; height: 500px; width: 1px }',
        laptop,
      ),
    ).toContain('emptiness: div.board-scroll');
    await page.evaluate('for (const each of document.querySelectorAll("[dir]")) each.removeAttribute("dir")');
    await page.evaluate(
      'for (const each of document.querySelectorAll("bdi")) each.replaceWith(each.textContent)',
    );
    expect(await find('', laptop)).toContain('direction: text');
  });
});
