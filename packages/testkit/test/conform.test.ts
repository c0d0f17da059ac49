/** The card, the program and the adapters around the audits. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  AUDITS,
  conform,
  defineAudits,
  defineSubject,
  exitCodeOf,
  NO_SUBJECT_EXIT_CODE,
  printReportCard,
  runConform,
  TRANSCRIBER_AUDITS,
  type ReportCard,
  type Subject,
} from '@sidetone/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPlugin } from './support/good-provider.ts';
import { GOOD_SCENARIO, goodSubject } from './support/good-scenario.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const ECHO = join(ROOT, 'examples/echo-provider');
const run = promisify(execFile);

const of = ({ audits }: ReportCard, id: string) => audits.find((audit) => audit.id === id);

describe('the list of audits', () => {
  it('gives each its own id, of four characters, and a sentence', () => {
    const all = [...AUDITS, ...TRANSCRIBER_AUDITS];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, name } of all) {
      expect(id).toMatch(/^[0-9A-F]{4}$/);
      expect(name).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('is the one that is known: an id is never given to another promise', async () => {
    const lists = { audits: AUDITS, 'transcriber-audits': TRANSCRIBER_AUDITS };
    for (const [name, audits] of Object.entries(lists)) {
      const list = audits.map((audit) => `${audit.id} ${audit.level.padEnd(6)} ${audit.name}`).join('\n');
      const path = join(ROOT, `docs/reference/conformance/${name}.txt`);
      await expect(`${list}\n`).toMatchFileSnapshot(path);
    }
  });
});

describe('what a provider has and its scenario does not show', () => {
  const { controls: _controls, placeCall: _placeCall, backfill: _backfill, ...less } = GOOD_SCENARIO;

  it('is not shown, which counts as a SHOULD that failed, and never passes', async () => {
    const card = await conform(defineSubject(goodPlugin(), less));
    expect(of(card, '6B3D')).toMatchObject({
      level: 'MUST',
      outcome: 'not-shown',
      reason: 'the scenario has no arguments for say, mute, endCall, sendDtmf, placeCall',
    });
    expect(of(card, '79C0')?.outcome).toBe('not-shown');
    expect(card.must.failed).toBe(0);
    expect(card.should.failed).toBe(card.audits.filter(({ outcome }) => outcome === 'not-shown').length);
    expect(card.should.failed).toBeGreaterThan(5);
  });

  it.each([
    ['forged', '2A6D'],
    ['personal', 'DF8B'],
    ['sign', 'F97A'],
  ] as const)('%s', async (part, id) => {
    const { [part]: _left, ...scenario } = GOOD_SCENARIO;
    const card = await conform(defineSubject(goodPlugin(), scenario));
    expect(of(card, id)?.outcome).toBe('not-shown');
  });

  it('is not asked of a provider that does not have it', async () => {
    const plugin = goodPlugin();
    const subject = defineSubject(
      {
        ...plugin,
        create(options, host) {
          const {
            controls: _gone,
            placeCall: _too,
            watch: _three,
            controlsFor: _four,
            ...rest
          } = plugin.create(options, host);
          return rest;
        },
      },
      less,
    );
    expect(of(await conform(subject), '6B3D')).toMatchObject({ outcome: 'not-applicable' });
  });
});

describe('a plugin that is broken altogether', () => {
  const broken = (create: () => never): Subject => defineSubject({ ...goodPlugin(), create }, GOOD_SCENARIO);

  it('gets a card that says why, instead of an error', async () => {
    const card = await conform(
      broken(() => {
        throw new Error('it cannot be made');
      }),
    );
    expect(card.must.failed).toBeGreaterThan(5);
    expect(of(card, '3F6A')).toMatchObject({ outcome: 'fail', reason: 'it cannot be made' });
    expect(exitCodeOf(card)).toBe(1);
  });

  it('whose options are not taken fails by that', async () => {
    const card = await conform(defineSubject(goodPlugin(), { ...GOOD_SCENARIO, options: {} }));
    expect(of(card, '3F6A')?.reason).toContain('the options of the scenario are not taken');
  });
});

describe('the card as text', () => {
  it('is the same each time, and counts by level', async () => {
    const [one, two] = [await conform(goodSubject()), await conform(goodSubject())];
    expect(printReportCard(one)).toBe(printReportCard(two));
    expect(printReportCard(one)).toMatch(
      /^Good \(good\), contract 1\nMUST (\d+) of \1, SHOULD (\d+) of \2, MAY 2 of 2; /,
    );
  });

  it('says what failed and why', async () => {
    const text = printReportCard(await conform(goodSubject('leaksTimer')));
    expect(text).toMatch(/FAIL +MUST +A83B .*\n +1 timer\(s\) were left\n/);
  });
});

describe('a runner', () => {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  defineAudits((name, body) => tests.push({ name, body }), goodSubject('leaksTimer'));

  it('gets a test for each audit, named by its id, level and promise', () => {
    expect(tests.map(({ name }) => name)).toEqual(
      AUDITS.map(({ id, level, name }) => `${id} ${level}: ${name}`),
    );
  });

  it('sees the tests fail whose promise is broken, and those alone', async () => {
    const failed: string[] = [];
    for (const { name, body } of tests) {
      await body().catch((error: Error) => failed.push(`${name.slice(0, 4)} ${error.message}`));
    }
    expect(failed).toEqual(['A83B fail: 1 timer(s) were left']);
  });

  it('may be that of node:test', async () => {
    const { stdout } = await run(
      process.execPath,
      [
        '--conditions=@sidetone/source',
        '--import',
        'tsx',
        '--test',
        '--test-reporter=tap',
        join(ECHO, 'conformance.test.js'),
      ],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' } },
    );
    expect(stdout).toContain(`# pass ${AUDITS.length}\n# fail 0`);
  });
});

describe('this runner', () => {
  defineAudits(it, goodSubject());
});

describe('the program', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sidetone-conform-'));
    await writeFile(join(folder, 'nothing.js'), 'export default {};');
    const echo = JSON.stringify(join(ECHO, 'index.js'));
    const subject = JSON.stringify(join(ECHO, 'conformance.js'));
    await writeFile(join(folder, 'whole.js'), `export { conformance } from ${subject};`);
    await writeFile(
      join(folder, 'parts.js'),
      `import { conformance as whole } from ${subject};
       export { default } from ${echo};
       export const conformance = whole.scenario;`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function show(specifier: string, cwd: string, json = false) {
    let text = '';
    const code = await runConform(specifier, { cwd, json, write: (more) => (text += more) });
    return { code, text };
  }

  /** The same in a process of its own, in which nothing but Node finds modules. */
  async function runApart(specifier: string, cwd: string): Promise<{ readonly stdout: string }> {
    const script = `import { runConform } from '@sidetone/testkit';
      const write = (text) => process.stdout.write(text);
      process.exitCode = await runConform(${JSON.stringify(specifier)}, { cwd: ${JSON.stringify(cwd)}, write });`;
    return run(
      process.execPath,
      ['--conditions=@sidetone/source', '--import', 'tsx', '--input-type=module', '--eval', script],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' } },
    );
  }

  it.each([
    './examples/echo-provider',
    './examples/echo-provider/',
    './examples/echo-provider/index.js',
    ECHO,
  ])('shows the card of %s', async (specifier) => {
    const { code, text } = await show(specifier, ROOT);
    expect(text).toMatch(/^Echo \(echo\), contract 1\n/);
    expect(code).toBe(0);
  });

  it('takes a subject, or a scenario beside the plugin, from the module itself', async () => {
    expect((await show('./whole.js', folder)).text).toMatch(/^Echo /);
    expect((await show('./parts.js', folder)).text).toMatch(/^Echo /);
  });

  it('finds a folder whatever its name is', async () => {
    const odd = join(folder, 'a b#c?d%20é');
    await mkdir(odd);
    const subject = pathToFileURL(join(ECHO, 'conformance.js')).href;
    await writeFile(join(odd, 'conformance.mjs'), `export { conformance } from ${JSON.stringify(subject)};`);
    const { stdout } = await runApart('./conformance.mjs', odd);
    expect(stdout).toMatch(/^Echo /);
  });

  it('shows the card of a transcriber', async () => {
    const subject = new URL('support/good-transcriber.ts', import.meta.url).href;
    const module = `import { goodTranscriberSubject } from ${JSON.stringify(subject)};
      export const conformance = goodTranscriberSubject();`;
    await writeFile(join(folder, 'transcriber.mjs'), module);
    const { stdout } = await runApart('./transcriber.mjs', folder);
    expect(stdout).toMatch(/^Well \(well\), contract 1\nMUST (\d+) of \1,/);
  });

  it('shows the card as JSON', async () => {
    const card = JSON.parse((await show(ECHO, ROOT, true)).text) as ReportCard;
    expect(card).toMatchObject({ plugin: 'echo', contract: 1, must: { failed: 0 }, should: { failed: 0 } });
  });

  it.each(['./nothing.js', './not-there', 'not-a-package'])(
    'has another code where there is nothing: %s',
    async (name) => {
      const { code, text } = await show(name, folder);
      expect(code).toBe(NO_SUBJECT_EXIT_CODE);
      expect(text).toMatch(/^There is nothing to audit at /);
    },
  );
});

it('a whole plugin takes less than a hundred lines', async () => {
  const source = await readFile(join(ECHO, 'index.js'), 'utf8');
  expect(source.split('\n').length - 1).toBeLessThan(100);
});
