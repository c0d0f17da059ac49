/** Tests of the report card, the command and the test-runner adapter. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
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
import { goodPlugin } from './support/good-provider/plugin.ts';
import { GOOD_SCENARIO, goodSubject } from './support/good-provider/scenario.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const ECHO = join(ROOT, 'examples/echo-provider');
const run = promisify(execFile);

const of = ({ audits }: ReportCard, id: string) => audits.find((audit) => audit.id === id);

describe('the audits', () => {
  it('have unique ids of four hexadecimal digits, and a sentence', () => {
    const all = [...AUDITS, ...TRANSCRIBER_AUDITS];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, name } of all) {
      expect(id).toMatch(/^[0-9A-F]{4}$/);
      expect(name).toMatch(/^[A-Z`].*\.$/);
    }
  });

  it('match the committed list, so that no id is reused', async () => {
    const lists = { audits: AUDITS, 'transcriber-audits': TRANSCRIBER_AUDITS };
    for (const [name, audits] of Object.entries(lists)) {
      const list = audits.map((audit) => `${audit.id} ${audit.level.padEnd(6)} ${audit.name}`).join('\n');
      const path = join(ROOT, `docs/reference/conformance/${name}.txt`);
      await expect(`${list}\n`).toMatchFileSnapshot(path);
    }
  });
});

describe('a scenario that does not cover a feature of the provider', () => {
  const { controls: _controls, placeCall: _placeCall, backfill: _backfill, ...less } = GOOD_SCENARIO;

  it('is reported as not covered, which counts as a failed SHOULD', async () => {
    const card = await conform(defineSubject(goodPlugin(), less));
    expect(of(card, '6B3D')).toMatchObject({
      level: 'MUST',
      outcome: 'not-covered',
      reason: 'the scenario has no arguments for say, mute, endCall, sendDtmf, placeCall',
    });
    expect(of(card, '79C0')?.outcome).toBe('not-covered');
    expect(card.must.failed).toBe(0);
    expect(card.should.failed).toBe(card.audits.filter(({ outcome }) => outcome === 'not-covered').length);
    expect(card.should.failed).toBeGreaterThan(5);
  });

  it.each([
    ['forged', '2A6D'],
    ['personal', 'DF8B'],
    ['sign', 'F97A'],
  ] as const)('is reported for a missing `%s`', async (part, id) => {
    const { [part]: _left, ...scenario } = GOOD_SCENARIO;
    const card = await conform(defineSubject(goodPlugin(), scenario));
    expect(of(card, id)?.outcome).toBe('not-covered');
  });

  it('is not reported if the provider does not have the feature', async () => {
    const plugin = goodPlugin();
    const subject = defineSubject(
      {
        ...plugin,
        create(options, host) {
          const {
            controls: _controls,
            placeCall: _placeCall,
            watch: _watch,
            controlsFor: _controlsFor,
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

describe('a plugin that cannot be audited', () => {
  const broken = (create: () => never): Subject => defineSubject({ ...goodPlugin(), create }, GOOD_SCENARIO);

  it('gets a report card with the reason', async () => {
    const card = await conform(
      broken(() => {
        throw new Error('cannot be created');
      }),
    );
    expect(card.must.failed).toBeGreaterThan(5);
    expect(of(card, '3F6A')).toMatchObject({ outcome: 'fail', reason: 'cannot be created' });
    expect(exitCodeOf(card)).toBe(1);
  });

  it('fails if the options of the scenario are invalid', async () => {
    const card = await conform(defineSubject(goodPlugin(), { ...GOOD_SCENARIO, options: {} }));
    expect(of(card, '3F6A')?.reason).toContain('the options of the scenario are invalid');
  });
});

describe('printReportCard', () => {
  it('returns the same text each time, with counts by level', async () => {
    const [one, two] = [await conform(goodSubject()), await conform(goodSubject())];
    expect(printReportCard(one)).toBe(printReportCard(two));
    expect(printReportCard(one)).toMatch(
      /^Good \(good\), contract 1, kit \d+\.\d+\.\d+\nMUST (\d+) of \1, SHOULD (\d+) of \2, MAY 2 of 2; /,
    );
  });

  it('contains the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'packages/testkit/package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect((await conform(goodSubject())).kit).toBe(version);
  });

  it('contains the failed audits with their reasons', async () => {
    const text = printReportCard(await conform(goodSubject('leaksTimer')));
    expect(text).toMatch(/FAIL +MUST +A83B .*\n +1 timer\(s\) are left\n/);
  });
});

describe('defineAudits', () => {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  defineAudits((name, body) => tests.push({ name, body }), goodSubject('leaksTimer'));

  it('defines a test for each audit, named by id, level and promise', () => {
    expect(tests.map(({ name }) => name)).toEqual(
      AUDITS.map(({ id, level, name }) => `${id} ${level}: ${name}`),
    );
  });

  it('makes only the tests of broken promises fail', async () => {
    const failed: string[] = [];
    for (const { name, body } of tests) {
      await body().catch((error: Error) => failed.push(`${name.slice(0, 4)} ${error.message}`));
    }
    expect(failed).toEqual(['A83B fail: 1 timer(s) are left']);
  });

  it('works with node:test', async () => {
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

describe('defineAudits in vitest', () => {
  defineAudits(it, goodSubject());
});

describe('runConform', () => {
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
    const code = await runConform(specifier, {
      cwd,
      json,
      write: (more) => (text += more),
      exists: existsSync,
    });
    return { code, text };
  }

  /** Runs it in a separate process, in which only Node.js resolves modules. */
  async function runApart(specifier: string, cwd: string): Promise<{ readonly stdout: string }> {
    const script = `import { existsSync } from 'node:fs';
      import { runConform } from '@sidetone/testkit';
      const write = (text) => process.stdout.write(text);
      process.exitCode = await runConform(${JSON.stringify(specifier)}, { cwd: ${JSON.stringify(cwd)}, write, exists: existsSync });`;
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
  ])('prints the report card of %s', async (specifier) => {
    const { code, text } = await show(specifier, ROOT);
    expect(text).toMatch(/^Echo \(echo\), contract 1, kit \d+\.\d+\.\d+\n/);
    expect(code).toBe(0);
  });

  it('finds a subject, or a plugin and a scenario, in one module', async () => {
    expect((await show('./whole.js', folder)).text).toMatch(/^Echo /);
    expect((await show('./parts.js', folder)).text).toMatch(/^Echo /);
  });

  it('prints a report card of each exported subject, and fails if one of them fails a MUST', async () => {
    const subject = JSON.stringify(join(ECHO, 'conformance.js'));
    await writeFile(
      join(folder, 'several.js'),
      `import { conformance } from ${subject};
       const { plugin, scenario } = conformance;
       export const broken = { plugin: { ...plugin, displayName: '' }, scenario };
       export { conformance };
       export const limit = 3;`,
    );
    const { code, text } = await show('./several.js', folder);
    expect(text.match(/^.*contract 1.*$/gm)).toEqual([
      expect.stringMatching(/^Echo .*: conformance$/),
      expect.stringMatching(/^ \(echo\).*: broken$/),
    ]);
    expect(code).toBe(1);
    const cards = JSON.parse((await show('./several.js', folder, true)).text) as ReportCard[];
    expect(cards.map(({ subject: name, must }) => [name, must.failed])).toEqual([
      ['conformance', 0],
      ['broken', 1],
    ]);
  });

  it('survives a plugin with unhandled errors, in a process without other handlers', async () => {
    const module = `import { goodSubject } from ${JSON.stringify(new URL('support/good-provider/scenario.ts', import.meta.url).href)};
      export const conformance = goodSubject('leavesRejections');`;
    await writeFile(join(folder, 'stray.mjs'), module);
    const { stdout } = await runApart('./stray.mjs', folder).catch((error: { stdout: string }) => error);
    expect(stdout).toMatch(/FAIL +MUST +D1E4 .*\n +unhandled rejection: /);
  });

  it('finds a directory with special characters in its name', async () => {
    const odd = join(folder, 'a b#c?d%20é');
    await mkdir(odd);
    const subject = pathToFileURL(join(ECHO, 'conformance.js')).href;
    await writeFile(join(odd, 'conformance.mjs'), `export { conformance } from ${JSON.stringify(subject)};`);
    const { stdout } = await runApart('./conformance.mjs', odd);
    expect(stdout).toMatch(/^Echo /);
  });

  it('prints the report card of a transcriber', async () => {
    const subject = new URL('support/good-transcriber.ts', import.meta.url).href;
    const module = `import { goodTranscriberSubject } from ${JSON.stringify(subject)};
      export const conformance = goodTranscriberSubject();`;
    await writeFile(join(folder, 'transcriber.mjs'), module);
    const { stdout } = await runApart('./transcriber.mjs', folder);
    expect(stdout).toMatch(/^Well \(well\), contract 1, kit \d+\.\d+\.\d+\nMUST (\d+) of \1,/);
  });

  it('prints the report card as JSON', async () => {
    const card = JSON.parse((await show(ECHO, ROOT, true)).text) as ReportCard;
    expect(card).toMatchObject({ plugin: 'echo', contract: 1, must: { failed: 0 }, should: { failed: 0 } });
  });

  it('reports a package without conformance.js, with the page that shows how to write one', async () => {
    const { code, text } = await show('@sidetone/plugin-vapi', ROOT);
    expect([code, text]).toEqual([
      NO_SUBJECT_EXIT_CODE,
      'No plugin to audit at @sidetone/plugin-vapi: it has no conformance.js; docs/guide/write-a-plugin.md, section "Conformance audits", shows how to write one\n',
    ]);
  });

  it.each([
    ['./not-there', 'it does not exist'],
    ['not-a-package', 'it is not installed below'],
  ])('reports why there is no subject: %s', async (name, reason) => {
    expect((await show(name, folder)).text).toContain(`No plugin to audit at ${name}: ${reason}`);
  });

  it.each(['./nothing.js', './not-there', 'not-a-package'])(
    'returns another exit code if there is no subject: %s',
    async (name) => {
      const { code, text } = await show(name, folder);
      expect(code).toBe(NO_SUBJECT_EXIT_CODE);
      expect(text).toMatch(/^No plugin to audit at /);
    },
  );
});

it('the echo example has fewer than 100 lines', async () => {
  const source = await readFile(join(ECHO, 'index.js'), 'utf8');
  expect(source.split('\n').length - 1).toBeLessThan(100);
});
