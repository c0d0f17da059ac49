/** The transcript follower of the examples, killed and restarted during calls. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator, stopOnEnd } from './support/process.ts';

const FOLLOWER = fileURLToPath(new URL('../examples/transcript-follower/follow.mjs', import.meta.url));

function follow(file: string, url: string): ChildProcess {
  const child = spawn(process.execPath, [FOLLOWER, file, url], { stdio: 'ignore' });
  stopOnEnd(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(1, -1) : [];

test('a follower writes every line exactly once when it and its daemon are killed', async () => {
  const cloud = await simulator();
  const dir = tempDir();
  const config = writeConfig(dir, cloud);
  let daemon = await startDaemon(config);
  const port = new URL(daemon.url).port;
  await cloud.pointAt(daemon.url);
  const file = join(dir, 'transcript.txt');
  let follower = follow(file, daemon.url);
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('begin\n'), 'the first line');
  const providerCallId = await Promise.all(
    ['plumber', 'parcel', 'hello'].map((script) => cloud.startCall('vapi', script)),
  );

  const writes = (lines: number) => until(() => linesOf(file).length >= lines, `${lines} lines`);
  await writes(2);
  await kill(follower);
  // A line that the kill cut off.
  writeFileSync(file, `${readFileSync(file, 'utf8')}half a li`);
  follower = follow(file, daemon.url);
  await writes(4);
  await daemon.end('SIGKILL');
  daemon = await startDaemon(config, port);
  await writes(6);
  await kill(follower);

  await until(
    async () => (await Promise.all(providerCallId.map((id) => cloud.state(id)))).every(({ over }) => over),
    'the end of the calls',
  );
  follower = follow(file, daemon.url);
  const { calls } = await query(daemon.url, '{ calls { nodes { id utterances { nodes { party text } } } } }');
  const expected = (calls.nodes as { id: string; utterances: { nodes: { party: string; text: string }[] } }[])
    .flatMap(({ id, utterances }) => utterances.nodes.map(({ party, text }) => `${id}\t${party}\t${text}`))
    .toSorted();
  expect(expected.length).toBeGreaterThan(8);
  await until(() => linesOf(file).length >= expected.length, 'the follower to catch up');
  const written = linesOf(file).map((line) => line.slice(line.indexOf('\t') + 1));
  expect(written.toSorted()).toEqual(expected);
}, 120_000);

test('a follower with a cursor of another database reports it and exits', async () => {
  const cloud = await simulator();
  const dir = tempDir();
  const daemon = await startDaemon(writeConfig(dir, cloud));
  const file = join(dir, 'transcript.txt');
  writeFileSync(file, 'other.1\tbegin\n');
  const child = spawn(process.execPath, [FOLLOWER, file, daemon.url], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  stopOnEnd(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect([code, stderr]).toEqual([1, expect.stringContaining('CURSOR_INVALID')]);
});
