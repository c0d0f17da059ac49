/** The published packages, and a plugin from outside of this repository. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { blocksOf, commandOf } from '../test/support/commands.ts';
import { PUBLISHED } from '../test/support/files.ts';
import { query, tempDir, until, type Json } from './support/daemon.ts';
import { expectPlugin, linkTools } from './support/created-plugins.ts';
import { shell } from './support/shell.ts';
import {
  install,
  manifestOf,
  node,
  npmInstall,
  packed,
  ROOT,
  startCommand,
  startInstalled,
} from './support/third-party.ts';

const LIBRARIES = PUBLISHED.filter((name) => manifestOf(join(ROOT, 'packages', name)).exports !== undefined);
const SECRET = 'parrot-7f3a';

interface Problem {
  readonly kind: string;
  readonly resolutionKind?: string;
  readonly entrypoint?: string;
}

/**
 * The packages are ES modules for Node 20.19 and newer: CommonJS loads them with `import()`, and resolvers read `exports`.
 * `@sidetone/daemon/cli` is a program, which exports nothing.
 */
const isExpected = ({ kind, resolutionKind, entrypoint }: Problem): boolean =>
  kind === 'CJSResolvesToESM' || resolutionKind === 'node10' || entrypoint === './cli';

const toArrayBuffer = ({ buffer, byteOffset, length }: Buffer): ArrayBuffer =>
  buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;

const folder = tempDir();
let tarballs: ReadonlyMap<string, string>;

beforeAll(async () => {
  mkdirSync(join(folder, 'packed'));
  tarballs = await packed(PUBLISHED, join(folder, 'packed'));
  await install(folder, tarballs);
});

describe.each(PUBLISHED)('the package %s', (name) => {
  const manifest = manifestOf(join(ROOT, 'packages', name));
  const files = (): string[] =>
    execFileSync('tar', ['tzf', tarballs.get(manifest.name)!], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''));

  test('contains every file that its package.json names', () => {
    const targets = [
      ...Object.values(manifest.exports ?? {}).flatMap((way) =>
        typeof way === 'string' ? [way] : Object.values(way),
      ),
      ...Object.values(manifest.bin ?? {}),
    ];
    expect(targets.length).toBeGreaterThan(0);
    expect(files()).toEqual(expect.arrayContaining(targets.map((path) => path.replace(/^\.\//, ''))));
    expect(files()).toContain('LICENSE');
  });

  test('has no errors for the linters of packages', async () => {
    const tarball = readFileSync(tarballs.get(manifest.name)!);
    const { messages } = await publint({ pack: { tarball: toArrayBuffer(tarball) }, strict: true });
    expect(messages.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([]);

    if (!LIBRARIES.includes(name)) return;
    const result = await checkPackage(createPackageFromTarballData(tarball));
    const problems = 'problems' in result ? result.problems : [{ kind: 'no types' }];
    expect(problems.filter((problem) => !isExpected(problem))).toEqual([]);
  });

  test('contains no tests and no build files', () => {
    // Templates are what is published.
    const sources = files().filter((path) => !path.startsWith('templates/'));
    expect(sources.filter((path) => /(^|\/)test\/|\.test\.|tsbuildinfo|tsconfig/.test(path))).toEqual([]);
  });
});

test('the libraries can be imported after installation', async () => {
  const names = LIBRARIES.map((name) => manifestOf(join(ROOT, 'packages', name)).name);
  const script = `for (const name of ${JSON.stringify(names)})
    console.log(name, Object.keys(await import(name)).length > 0);`;
  const { stdout } = await node(folder, '--input-type=module', '--eval', script);
  expect(stdout.trim().split('\n')).toEqual(names.map((name) => `${name} true`));
});

test('exports the types that plugins need', async () => {
  writeFileSync(
    join(folder, 'typed.ts'),
    `import { defineProvider, type Provider } from '@sidetone/core';
     import { createFakeHost, type FakeHost } from '@sidetone/testkit';
     // @ts-expect-error a plugin has more than a name
     defineProvider({ name: 'half' });
     export const host: FakeHost = createFakeHost();
     export const provider: Provider = { start: async () => {}, stop: async () => {} };`,
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', ''];
  await expect(node(folder, tsc, ...flags, 'typed.ts').catch(({ stdout }) => stdout)).resolves.toMatchObject({
    stdout: '',
  });
});

test('runs the command of the README after installation', async () => {
  expect((await shell(folder, commandOf('README.md', 'npx sidetone --help'))).stdout).toMatch(
    /^Usage: sidetone/,
  );
});

test('runs the audits after installation', async () => {
  const script = `import { runConform } from '@sidetone/testkit';
    process.exitCode = await runConform('@sidetone/example-echo-provider', { cwd: process.cwd(), write: (text) => process.stdout.write(text) });`;
  const { stdout } = await node(folder, '--input-type=module', '--eval', script);
  const command = await node(folder, 'node_modules/@sidetone/daemon/bin/sidetone.js', 'conform', './echo');
  expect(command.stdout).toBe(stdout);
  expect(stdout).toMatch(
    /^Echo \(echo\), contract 1, kit \d+\.\d+\.\d+\nMUST (\d+) of \1, SHOULD (\d+) of \2,/,
  );
});

test('a plugin author can follow the guide in an empty folder, without the daemon and native code', async () => {
  const guide = 'docs/guide/write-a-plugin.md';
  const empty = tempDir();
  for (const { file, text } of blocksOf(guide))
    if (file !== undefined) writeFileSync(join(empty, file), text);
  await npmInstall(empty, commandOf(guide, 'npm install /tmp/sidetone/sidetone-'), join(folder, 'packed'));
  const installed = readdirSync(join(empty, 'node_modules/@sidetone')).toSorted();
  expect(installed).toEqual(['core', 'plugin-kit', 'testkit']);
  const { stdout } = await shell(empty, 'npx sidetone-conform .');
  expect(stdout).toContain(blocksOf(guide).find(({ text }) => text.startsWith('Bell (bell)'))!.text);
});

test('creates a plugin with a bot in TypeScript that passes its tests and every audit', async () => {
  linkTools(folder);
  await expectPlugin(folder, { kind: 'bot', language: 'typescript' });
});

test('runs the demo, with calls of both providers, and encodes their recordings', async () => {
  const program = join(folder, 'node_modules/.bin/sidetone');
  const args = ['demo', '--port', '0', '--calls', '1', '--data', join(folder, 'data')];
  const url = await startCommand(program, args, folder, { ...process.env, NODE_OPTIONS: '' });
  await until(async () => {
    const { calls } = await query(url, '{ calls(filter: { live: true }) { nodes { provider { id } } } }');
    return new Set(calls.nodes.map(({ provider }: Json) => provider.id)).size === 2;
  }, 'a call of each provider');
  const flac = await until(async () => {
    const { calls } = await query(url, '{ calls { nodes { recording { url(format: FLAC) } } } }');
    return calls.nodes.find(({ recording }: Json) => recording)?.recording.url as string | undefined;
  }, 'a recording');
  expect(await (await fetch(flac)).text()).toMatch(/^fLaC/);
});

test('loads a plugin by its name and by its path, and shows its calls', async () => {
  const config = join(folder, 'sidetone.yaml');
  writeFileSync(
    config,
    `server: { port: 0 }
storage: { path: '${join(folder, 'sidetone.db')}' }
providers:
  named: { plugin: '@sidetone/example-echo-provider', options: { secret: ${SECRET} } }
  beside: { plugin: ./echo/index.js, options: { secret: ${SECRET} } }
`,
  );
  const url = await startInstalled(folder, config);
  const states = async (): Promise<string[]> =>
    (await query(url, '{ providers { state } }')).providers.map(({ state }: { state: string }) => state);
  await until(async () => (await states()).every((state) => state === 'RUNNING'), 'both providers running');
  for (const provider of ['named', 'beside']) {
    const sendEvent = async (event: string, fields: object = {}): Promise<{ readonly audio?: string }> => {
      const response = await fetch(`${url}providers/${provider}/events`, {
        method: 'POST',
        headers: { 'x-echo-secret': SECRET },
        body: JSON.stringify({ call: `echo-${provider}`, event, at: Date.now(), ...fields }),
      });
      expect(response.status).toBe(200);
      return (await response.json()) as { readonly audio?: string };
    };
    const { audio } = await sendEvent('answered');
    const socket = new WebSocket(`${url.replace('http', 'ws')}${new URL(audio!).pathname.slice(1)}`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await sendEvent('speech', { text: 'Is anybody there?' });
    const command = new Promise((resolve) =>
      socket.once('message', (text: Buffer) => resolve(JSON.parse(text.toString()))),
    );
    const [call] = (
      await query(
        url,
        `{ calls(filter: { providerIds: ["${provider}"] }) { nodes { id status utterances { nodes { party text } } } } }`,
      )
    ).calls.nodes;
    expect(call).toMatchObject({
      status: 'IN_PROGRESS',
      utterances: { nodes: [{ party: 'CUSTOMER', text: 'Is anybody there?' }] },
    });
    await query(
      url,
      `mutation { say(input: { callId: "${call.id}", content: "Yes." }) { command { status } } }`,
    );
    expect(await command).toEqual({ say: 'Yes.' });
    await sendEvent('ended');
    const ended = await until(async () => {
      const { call: now } = await query(url, `{ call(id: "${call.id}") { status end { category } } }`);
      return now.status === 'ENDED' ? now : undefined;
    }, 'the end of the call');
    expect(ended).toEqual({ status: 'ENDED', end: { category: 'CUSTOMER_ENDED' } });
  }
});
