/** Follows the guide for plugin authors: writes its files and runs its commands. */
import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CONTRACT_VERSION, FAULTS, FaultError, isFailureCode } from '@sidetone/core';
import type { FaultCode, ProviderPlugin } from '@sidetone/core';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../packages/daemon/src/config/load.ts';
import { statusOf } from '../packages/daemon/src/http/reply.ts';
import * as bounds from '../packages/testkit/src/checks/deadlines.ts';
import { blocksIn, commandsIn, follow } from './support/commands.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GUIDE = readFileSync('docs/guide/write-a-plugin.md', 'utf8');
const run = promisify(execFile);

const BLOCKS = blocksIn(GUIDE);

const folder = mkdtempSync(join(tmpdir(), 'sidetone-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Links the dependencies that an install would place next to the guide's package.json. */
function linkDependencies(): void {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'examples/echo-provider/node_modules', name), link);
  }
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The program that npx finds in an installed `@sidetone/testkit`. */
const CONFORM = 'node_modules/@sidetone/testkit/bin/sidetone-conform.js';

/** Runs a command of the guide on the TypeScript sources, without a build. */
async function runCommand(command: string): Promise<string> {
  const [program, ...words] = command.replace(/^npx sidetone-conform /, `node ${CONFORM} `).split(' ');
  expect(program).toBe('node');
  const env = { ...process.env, NODE_OPTIONS: `--conditions=@sidetone/source --import=${tsx}` };
  return (await run(process.execPath, words, { cwd: folder, env })).stdout;
}

describe('the guide', () => {
  const output: string[] = [];

  test('can be followed from its first block to its last', async () => {
    const guide = follow('docs/guide/write-a-plugin.md');
    for (const { language, file, text } of BLOCKS) {
      if (file !== undefined) writeFileSync(join(folder, file), text);
      if (file === 'package.json') linkDependencies();
      const commands = commandsIn(`\`\`\`${language}\n${text}\`\`\`\n`);
      for (const command of commands.filter((each) => /^node |^npx sidetone-conform /.test(each)))
        output.push(await runCommand(guide.take(command)));
    }
    expect(BLOCKS.flatMap(({ file }) => file ?? [])).toEqual(
      expect.arrayContaining(['audio.js', 'index.js', 'conformance.js']),
    );
    expect(output).toHaveLength(3);
  }, 60_000);

  test('ends with a plugin that passes every MUST, and shows its report card', () => {
    const [head] = BLOCKS.filter(({ language, text }) => language === 'text' && text.includes('MUST'));
    expect(output.at(-1)!.slice(0, head!.text.length)).toBe(head!.text);
    expect(head!.text).toMatch(/MUST (\d+) of \1,/);
  });

  test('has a configuration with which the daemon loads the plugin', async () => {
    const source = BLOCKS.find(({ file }) => file === 'sidetone.yaml')!.text;
    const config = parseConfig(source, 'sidetone.yaml', {
      BELL_API_KEY: 'a',
      BELL_WEBHOOK_SECRET: 'b',
      SIDETONE_TOKEN: 'a-token-of-16-characters',
    });
    const { plugin, options } = config.providers['bell']!;
    const url = new URL(plugin, pathToFileURL(join(folder, 'sidetone.yaml'))).href;
    const loaded = (await import(/* @vite-ignore */ url)) as { readonly default: ProviderPlugin<unknown> };
    expect(loaded.default.contract).toBe(CONTRACT_VERSION);
    expect(await loaded.default.options['~standard'].validate(options)).toMatchObject({
      value: { apiBaseUrl: 'https://api.bell.example' },
    });
  });

  test('lists error codes that exist and that a request may be rejected with', () => {
    const rows = [...GUIDE.matchAll(/^\| `([A-Z]+_[A-Z_]+)` +\| (.*?) +\|$/gm)].map(
      ([, code, when]) => [code!, when!] as const,
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const [code, when] of rows) {
      expect(Object.keys(FAULTS)).toContain(code);
      const [, status] = /answered (\d{3})/.exec(when) ?? [];
      if (status !== undefined)
        expect([code, statusOf(new FaultError(code as FaultCode, ''))]).toEqual([code, Number(status)]);
      else expect([code, code === 'INPUT_INVALID' || isFailureCode(code as FaultCode)]).toEqual([code, true]);
    }
  });

  test('states the deadlines of the daemon', () => {
    const { START_MS, STOP_MS, COMMAND_MS, REQUEST_MS, RECONCILE_MS } = bounds;
    const seconds = (ms: number): string => `${ms / 1000} s`;
    const text = GUIDE.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      `${seconds(START_MS)} for a start, ${seconds(STOP_MS)} for a stop, ${seconds(COMMAND_MS)} for a command, ` +
        `${seconds(REQUEST_MS)} for an answer to the provider, ${RECONCILE_MS / 60_000} minutes for \`reconcile\``,
    );
  });
});
