/**
 * Measures the delay that the relay adds to a voice agent: the same calls, connected directly to the agent, through a minimal
 * relay, and through the daemon, alternating in one run. Uses the built daemon.
 * `node --import tsx bench/relay/run.ts --calls 100 --seconds 10 --rounds 2`
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RoundResult } from './caller.ts';
import type { Summary } from './delays.ts';

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

async function request<Response>(child: ChildProcess, message: unknown): Promise<Response> {
  const response = once(child, 'message');
  child.send(message as object);
  return (await response)[0] as Response;
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
  let output = '';
  return new Promise((resolve, reject) => {
    daemon.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /listens at (http\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    daemon.once('exit', () => reject(new Error(`the daemon did not start: ${output}`)));
  });
}

/** Sends the answer webhook of a call as Vobiz does. Returns the URL of its stream. */
async function answerCall(daemonUrl: string, callId: string): Promise<string> {
  const form = { CallUUID: callId, From: '919000000001', To: '918000000001', Direction: 'inbound' };
  const response = await fetch(new URL('providers/vobiz/answer', daemonUrl), {
    method: 'POST',
    body: new URLSearchParams({ ...form, CallStatus: 'ringing', Event: 'StartApp' }),
  });
  const url = /<Stream[^>]*>([^<]+)</.exec(await response.text())?.[1];
  if (url === undefined) throw new Error(`the answer has no stream: status ${response.status}`);
  return url.replaceAll('&amp;', '&');
}

const row = (name: string, { frames, p50, p99, max }: Summary): string =>
  `| ${name} | ${frames} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${max.toFixed(2)} |\n`;

try {
  const agent = start('bench/relay/agent.ts');
  const [{ port }] = (await once(agent, 'message')) as [{ port: number }];
  const agentUrl = `ws://127.0.0.1:${port}/`;
  const relay = start('bench/relay/minimal-relay.ts', [agentUrl]);
  const [{ port: relayPort }] = (await once(relay, 'message')) as [{ port: number }];
  const daemonUrl = await startDaemon(agentUrl);
  const caller = start('bench/relay/caller.ts');
  await once(caller, 'spawn');

  const URLS = {
    direct: () => agentUrl,
    minimal: () => `ws://127.0.0.1:${relayPort}/`,
    sidetone: (callId: string) => answerCall(daemonUrl, callId),
  };

  process.stdout.write(
    `${calls} calls, one frame per 20 ms in each direction, ${seconds} s per round; delays in ms\n\n| path, direction | frames | p50 | p99 | max |\n| --- | --- | --- | --- | --- |\n`,
  );
  let isComplete = true;
  for (let round = 1; round <= rounds; round++) {
    for (const path of ['direct', 'minimal', 'sidetone'] as const) {
      const ids = Array.from({ length: calls }, (_, index) => `bench-${round}-${index}`);
      const targets = await Promise.all(
        ids.map(async (callId) => ({
          callId,
          url: await URLS[path](callId),
        })),
      );
      const { sent, returned } = await request<RoundResult>(caller, { calls: targets, seconds });
      const received = await request<Summary>(agent, 'report');
      process.stdout.write(row(`${path}, to the agent`, received) + row(`${path}, to the caller`, returned));
      isComplete &&= received.frames === sent && returned.frames === sent;
    }
  }
  if (!isComplete) throw new Error('frames were lost');
  process.stdout.write('\nAll frames arrived, in both directions.\n');
} finally {
  for (const child of children) child.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
}
