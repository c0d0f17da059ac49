/**
 * What the relay adds to the delay of a voice agent: the same calls, dialled straight at the agent, through the plainest relay
 * there can be, and through the daemon, in turns, in one run. `node --import tsx bench/relay/run.ts --calls 100 --seconds 10 --rounds 2`; the daemon is the build's.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RoundResult } from './line.ts';
import type { Summary } from './stamps.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '2' },
  },
});
const [calls, seconds, rounds] = [Number(values.calls), Number(values.seconds), Number(values.rounds)];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const children: ChildProcess[] = [];
const dir = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));

function start(file: string, args: readonly string[] = []): ChildProcess {
  const isSource = file.endsWith('.ts');
  const child = fork(join(ROOT, file), args, {
    cwd: ROOT,
    execArgv: isSource ? ['--import', 'tsx'] : [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.push(child);
  return child;
}

async function ask<Answer>(child: ChildProcess, question: unknown): Promise<Answer> {
  const answer = once(child, 'message');
  child.send(question as object);
  return (await answer)[0] as Answer;
}

async function startDaemon(agentUrl: string): Promise<string> {
  const config = join(dir, 'sidetone.yaml');
  writeFileSync(
    config,
    `server: { port: 0 }
storage: { path: '${join(dir, 'sidetone.db')}' }
providers:
  vobiz:
    plugin: '@sidetone/plugin-vobiz'
    options: { answer: { mode: agent }, agentUrl: '${agentUrl}' }
`,
  );
  const daemon = start('packages/daemon/bin/sidetone.js', ['start', '--config', config]);
  let said = '';
  return new Promise((resolve, reject) => {
    daemon.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /listens at (http\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    daemon.once('exit', () => reject(new Error(`the daemon did not start: ${said}`)));
  });
}

/** Answers a call as Vobiz would ask for it, and gives the address of its stream. */
async function answered(daemonUrl: string, callId: string): Promise<string> {
  const form = { CallUUID: callId, From: '919000000001', To: '918000000001', Direction: 'inbound' };
  const response = await fetch(new URL('providers/vobiz/answer', daemonUrl), {
    method: 'POST',
    body: new URLSearchParams({ ...form, CallStatus: 'ringing', Event: 'StartApp' }),
  });
  const url = /<Stream[^>]*>([^<]+)</.exec(await response.text())?.[1];
  if (url === undefined) throw new Error(`a call was not answered with a stream: ${response.status}`);
  return url.replaceAll('&amp;', '&');
}

const row = (name: string, { frames, p50, p99, max }: Summary): string =>
  `| ${name} | ${frames} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${max.toFixed(2)} |\n`;

try {
  const agent = start('bench/relay/agent.ts');
  const [{ port }] = (await once(agent, 'message')) as [{ port: number }];
  const agentUrl = `ws://127.0.0.1:${port}/`;
  const plain = start('bench/relay/plain.ts', [agentUrl]);
  const [{ port: plainPort }] = (await once(plain, 'message')) as [{ port: number }];
  const daemonUrl = await startDaemon(agentUrl);
  const line = start('bench/relay/line.ts');
  await once(line, 'spawn');

  const ADDRESSES = {
    direct: () => agentUrl,
    plain: () => `ws://127.0.0.1:${plainPort}/`,
    sidetone: (callId: string) => answered(daemonUrl, callId),
  };

  process.stdout.write(
    `${calls} calls, a frame of 20 ms each way, ${seconds} s a round; delays in ms\n\n| path, direction | frames | p50 | p99 | max |\n| --- | --- | --- | --- | --- |\n`,
  );
  let isWhole = true;
  for (let round = 1; round <= rounds; round++) {
    for (const path of ['direct', 'plain', 'sidetone'] as const) {
      const ids = Array.from({ length: calls }, (_, index) => `bench-${round}-${index}`);
      const targets = await Promise.all(
        ids.map(async (callId) => ({
          callId,
          url: await ADDRESSES[path](callId),
        })),
      );
      const { sent, back } = await ask<RoundResult>(line, { calls: targets, seconds });
      const there = await ask<Summary>(agent, 'report');
      process.stdout.write(row(`${path}, to the agent`, there) + row(`${path}, back`, back));
      isWhole &&= there.frames === sent && back.frames === sent;
    }
  }
  if (!isWhole) throw new Error('frames were lost on the way');
  process.stdout.write('\nEvery frame arrived, both ways.\n');
} finally {
  for (const child of children) child.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
}
