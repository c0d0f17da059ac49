/** Follows guides: writes their files and runs their commands. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { connect, query, startDaemon, tempDir, until, writeConfig, type Json } from './support/daemon.ts';
import { freePort } from './support/ports.ts';
import { simulator, stopOnEnd } from './support/process.ts';

const run = promisify(execFile);

interface Block {
  readonly language: string;
  /** The name after the language. */
  readonly file: string | undefined;
  readonly text: string;
}

const blocksOf = (page: string): Block[] =>
  [...readFileSync(page, 'utf8').matchAll(/^```(\w*) ?(\S*)\n([^]*?)^```$/gm)].map(
    ([, language, file, text]) => ({ language: language!, file: file || undefined, text: text! }),
  );

/** As in the guide. */
const EVENTS = /`(subscription [^`]*)`/.exec(readFileSync('docs/guide/subscribe.md', 'utf8'))![1]!;

test('subscribe.md: a query, server-sent events, and a client that resumes after both sides were restarted', async () => {
  const [folder, cloud, port] = [tempDir(), await simulator(), String(await freePort())];
  const config = writeConfig(folder, cloud);
  let daemon = await startDaemon(config, port);
  await cloud.pointAt(daemon.url);
  const env = { ...process.env, NODE_OPTIONS: '', SIDETONE_URL: daemon.url, SIDETONE_TOKEN: '' };
  const blocks = blocksOf('docs/guide/subscribe.md');
  const [settings, ask, events, install] = blocks.filter(({ language }) => language === 'sh');
  expect(settings!.text).toContain('SIDETONE_URL');
  expect(install!.text).toBe('npm install graphql-ws ws\nnode live.mjs\n');
  for (const { file, text } of blocks) if (file) writeFileSync(join(folder, file), text);
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));

  await cloud.startCall('vapi', 'plumber');
  const listed: Json = JSON.parse((await run('bash', ['-c', ask!.text], { env })).stdout);
  expect(listed).toEqual({ data: { calls: { nodes: expect.any(Array) }, latestCursor: expect.any(String) } });

  // curl exits with 28 at its time limit.
  const shorter = events!.text.replace('--max-time 20', '--max-time 4');
  const streamed = await run('bash', ['-c', shorter], { env }).catch((error: Json) => error);
  expect(streamed.stdout).toMatch(/^data: \{"data":\{"callEvents":\{"__typename":"\w+","cursor":"/m);

  const printed: string[] = [];
  const cursorFile = join(folder, 'cursor.txt');
  const start = () => {
    const child = spawn(process.execPath, ['live.mjs'], { cwd: folder, env });
    stopOnEnd(child);
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => printed.push(`error: ${chunk.toString()}`));
    return child;
  };
  const latest = async (): Promise<string> => (await query(daemon.url, '{ latestCursor }')).latestCursor;

  const first = start();
  await cloud.startCall('vobiz', 'plumber');
  await until(() => existsSync(cursorFile), 'the first event');
  const [firstEvent] = printed.join('').split('\n');
  first.kill();
  await cloud.startCall('vapi', 'plumber');
  start();
  await daemon.end('SIGTERM');
  daemon = await startDaemon(config, port);
  await cloud.startCall('vapi', 'plumber');
  await until(async () => readFileSync(cursorFile, 'utf8') === (await latest()), 'the last event');

  const output = printed.join('');
  expect(output).not.toContain('error:');
  const lines = output.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(10);
  // One subscription over everything that is stored, without an interruption.
  const all: string[] = [];
  const after = listed.data.latestCursor as string;
  for await (const { data } of connect(daemon.url).iterate<Json>({ query: EVENTS, variables: { after } })) {
    all.push(JSON.stringify(data.callEvents));
    if (all.at(-1) === lines.at(-1)) break;
  }
  expect(lines).toEqual(all.slice(all.indexOf(firstEvent!)));
});
