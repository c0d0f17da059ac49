/**
 * Attacks a built daemon, and measures its memory and how long a healthy client waits meanwhile.
 * `npm run bench -- attacks --hostile 1000000`
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  flood,
  hostileWebhook,
  largeWebhook,
  partialWebhooks,
  pipelinedReaders,
  postWebhook,
  SECRET,
  unreadPages,
  writeAttackedConfig,
  type Attack,
} from '../../e2e/support/attacks.ts';

const { values } = parseArgs({
  options: {
    hostile: { type: 'string', default: '20000' },
    /** Runs the attacks whose name contains this text. */
    only: { type: 'string', default: '' },
  },
});
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Target {
  readonly url: string;
  readonly child: ChildProcess;
}

interface ProbeResult {
  readonly median: number;
  readonly longest: number;
  readonly count: number;
  readonly failures: number;
}

const dir = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));

async function startDaemon(): Promise<Target> {
  const config = writeAttackedConfig(mkdtempSync(join(dir, 'daemon-')));
  const script = join(ROOT, 'node_modules/@sidetone/daemon/bin/sidetone.js');
  const child = spawn(process.execPath, [script, 'start', '--config', config], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const url = /listens at (http\S+)/.exec(output)?.[1];
    if (url !== undefined) return { url, child };
  }
  throw new Error(`the daemon did not start: ${output}`);
}

/** The resident memory of a process, MiB: the most so far (`VmHWM`). */
function peakMemory({ child }: Target): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024);
}

async function read(probe: ChildProcess): Promise<ProbeResult> {
  const result = once(probe, 'message');
  probe.send('report');
  return (await result)[0] as ProbeResult;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function held(attack: Promise<Attack>): Promise<string> {
  const it = await attack;
  await sleep(5000);
  const rejected = it.rejected();
  it.release();
  return `${rejected} connections closed by the daemon`;
}

async function providerState(url: string): Promise<string> {
  const response = await fetch(new URL('graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ providers { state failedRequests rejectedEvents } }"}',
  });
  const { data } = (await response.json()) as { data: { providers: unknown[] } };
  return JSON.stringify(data.providers[0]);
}

const INTROSPECTION = (() => {
  const aliases = Array.from({ length: 40 }, (_, i) => `a${i}`);
  const level = (fields: string): string => aliases.map((alias) => `${alias}: ${fields}`).join(' ');
  return `{__schema{${level('types{...T}')}}} fragment T on __Type{${level('fields{...F}')}} fragment F on __Field{${level('type{...U}')}} fragment U on __Type{${level('fields{name}')}}`;
})();

const ATTACKS: Readonly<Record<string, (url: string) => Promise<string>>> = {
  'nothing (5 s)': async () => (await sleep(5000), ''),
  '300 connections that read no page': (url) => held(unreadPages(url, 300)),
  '300 webhooks, one byte before the end of 10 MB': (url) => held(partialWebhooks(url, 300, 10_000_000)),
  '5 connections with 3,000 requests each, unread': (url) => held(pipelinedReaders(url, 5, 3000)),
  '449 webhooks of 9.5 MB': async (url) =>
    JSON.stringify(await flood(449, (index) => postWebhook(url, largeWebhook(index, 9_500_000), SECRET))),
  'introspection of 3 kB': async (url) => {
    // The first request of this process loads the HTTP client.
    await (await fetch(new URL('healthz', url))).text();
    const started = performance.now();
    const response = await fetch(new URL(`graphql?query=${encodeURIComponent(INTROSPECTION)}`, url));
    await response.text();
    return `status ${response.status} after ${(performance.now() - started).toFixed(1)} ms`;
  },
  [`${values.hostile} hostile webhooks`]: async (url) => {
    const statuses = await flood(Number(values.hostile), (index) =>
      postWebhook(url, hostileWebhook(index), SECRET),
    );
    return `${JSON.stringify(statuses)} ${await providerState(url)}`;
  },
};

process.stdout.write(
  'attack | memory, MiB | healthy client, ms: median, longest (requests, failures) | result\n',
);
for (const [name, attack] of Object.entries(ATTACKS).filter(([each]) => each.includes(values.only))) {
  const target = await startDaemon();
  const probe = fork(join(ROOT, 'bench/attacks/probe.ts'), [target.url], {
    execArgv: ['--import', 'tsx'],
  });
  await sleep(1500);
  await read(probe);
  const result = await attack(target.url);
  const { median, longest, count, failures } = await read(probe);
  const times = `${median.toFixed(1)}, ${longest.toFixed(0)} (${count}, ${failures})`;
  process.stdout.write(`${name} | ${peakMemory(target)} | ${times} | ${result}\n`);
  probe.kill();
  target.child.kill('SIGTERM');
  await once(target.child, 'exit');
}
rmSync(dir, { recursive: true, force: true });
process.exit(0);
