/**
 * What metering and transcribing cost: the same calls of Vobiz, with nobody interested, with everybody's levels read, and with
 * every call transcribed, each for as long, one after the other. And how long after they were spoken finals come.
 * `node --import tsx bench/transcribing/run.ts --calls 100 --seconds 20`; daemon and simulator are the build's. Needs Linux.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '100' }, seconds: { type: 'string', default: '20' } },
});
const [calls, seconds] = [Number(values.calls), Number(values.seconds)];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Ticks a second of the kernel's accounting, as user space sees it. */
const TICKS = 100;
/** How long a call lasts, about: one begins after the other, so that as many as are asked for are live. */
const CALL_MS = 24_000;
/** Until that is so, and code has warmed up. */
const WARM_UP_MS = CALL_MS + 6000;
const SCRIPT = 'parcel';

const MODES = {
  'nobody asks': { transcribe: 'off' },
  'levels are read': {
    transcribe: 'off',
    subscription: 'subscription { audioLevels(intervalMs: 250) { at } }',
  },
  'calls are transcribed': {
    transcribe: 'deepgram',
    subscription: `subscription { callEvents(types: [UTTERANCE_FINALIZED]) { call { answeredAt }
      ... on UtteranceFinalized { utterance { endMs } } } }`,
  },
} as const satisfies Record<string, { readonly transcribe: string; readonly subscription?: string }>;

const dir = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));
const children: ChildProcess[] = [];

function start(
  script: string,
  args: readonly string[],
  sign: RegExp,
): Promise<{ pid: number; said: string }> {
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = sign.exec(said);
      if (found) resolve({ pid: child.pid!, said: found[1]! });
    });
    child.once('exit', () => reject(new Error(`${script} ended: ${said}`)));
  });
}

async function stopAll(): Promise<void> {
  await Promise.all(
    children.splice(0).map(
      (child) =>
        new Promise((resolve) => {
          child.once('exit', resolve);
          if (!child.kill('SIGTERM')) resolve(undefined);
        }),
    ),
  );
}

/** CPU time that a process has used, s. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function configOf(name: string, simulator: string, transcribe: string): string {
  const file = join(dir, `${name}.yaml`);
  writeFileSync(
    file,
    `server: { port: 0 }
storage: { path: '${join(dir, name)}.db' }
recording: { waveform: false }
log: { level: warn }
providers:
  vobiz:
    plugin: '@sidetone/plugin-vobiz'
    transcribe: ${transcribe}
    options:
      authId: MA_DEMO
      authToken: demo-vobiz-token
      apiBaseUrl: ${simulator}/vobiz/api/v1
      answer: { mode: tap, dial: '+918000000001' }
transcribers:
  deepgram:
    plugin: '@sidetone/plugin-deepgram'
    options:
      apiKey: demo-deepgram-key
      apiBaseUrl: ${simulator.replace(/^http/, 'ws')}/deepgram
      maxCalls: 1000
`,
  );
  return file;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

interface Final {
  readonly callEvents: {
    readonly call: { readonly answeredAt: string };
    readonly utterance: { readonly endMs: number };
  };
}

interface Measured {
  readonly cpu: number;
  /** On average, over the time that was measured. */
  readonly live: number;
  readonly delays: readonly number[];
}

async function liveCalls(url: string): Promise<number> {
  const query = '{ calls(filter: { live: true }, first: 1) { totalCount } }';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { data: { calls: { totalCount: number } } };
  return data.calls.totalCount;
}

async function measure(name: keyof typeof MODES, number: number): Promise<Measured> {
  const mode: { readonly transcribe: string; readonly subscription?: string } = MODES[name];
  const simulator = await start('packages/simulator/bin/sidetone-simulator.js', [], /"url":"([^"]+)"/);
  const daemon = await start(
    'packages/daemon/bin/sidetone.js',
    ['start', '--config', configOf(`mode-${number}`, simulator.said, mode.transcribe)],
    /listens at (http\S+)/,
  );
  const delays: number[] = [];
  const client = createClient({
    url: `${daemon.said.replace(/^http/, 'ws')}graphql`,
    webSocketImpl: WebSocket,
  });
  if (mode.subscription !== undefined)
    client.subscribe<Final>(
      { query: mode.subscription },
      {
        next({ data }) {
          if (!data?.callEvents) return;
          const { call, utterance } = data.callEvents;
          delays.push(Date.now() - Date.parse(call.answeredAt) - utterance.endMs);
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
  const headers = { 'content-type': 'application/json' };
  const vobizAnswer = `${daemon.said}providers/vobiz/answer`;
  const vobizHangup = `${daemon.said}providers/vobiz/hangup`;
  const body = JSON.stringify({ vobizAnswer, vobizHangup });
  const tell = (method: string, path: string, text: string): Promise<Response> =>
    fetch(`${simulator.said}/simulator/${path}`, { method, headers, body: text });
  await tell('PUT', 'targets', body);
  const call = JSON.stringify({ provider: 'vobiz', script: SCRIPT });
  const begin = setInterval(() => void tell('POST', 'calls', call).catch(() => undefined), CALL_MS / calls);
  await pause(WARM_UP_MS);
  delays.length = 0;
  const counts: number[] = [];
  const before = cpuOf(daemon.pid);
  for (let second = 0; second < seconds; second++) {
    await pause(1000);
    counts.push(await liveCalls(daemon.said));
  }
  const cpu = cpuOf(daemon.pid) - before;
  clearInterval(begin);
  const live = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  await client.dispose();
  await stopAll();
  return { cpu, live, delays: delays.toSorted((a, b) => a - b) };
}

try {
  process.stdout.write(
    `${calls} calls, ${seconds} s a mode; CPU time of the daemon alone\n\n| | live calls | CPU, % of a core | a call, % of a core | ratio of that |\n| --- | --- | --- | --- | --- |\n`,
  );
  let base = 0;
  let words = '';
  for (const [number, name] of (Object.keys(MODES) as (keyof typeof MODES)[]).entries()) {
    const { cpu, live, delays } = await measure(name, number);
    const share = (100 * cpu) / seconds;
    const ofOne = share / live;
    base ||= ofOne;
    process.stdout.write(
      `| ${name} | ${live.toFixed(0)} | ${share.toFixed(1)} | ${ofOne.toFixed(2)} | ${(ofOne / base).toFixed(2)} |\n`,
    );
    const at = (part: number): string => String(delays[Math.floor(part * (delays.length - 1))] ?? NaN);
    if (delays.length > 0)
      words = `\n${delays.length} finals, ms after the last word was spoken: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}\n`;
  }
  process.stdout.write(words);
} finally {
  await stopAll();
  rmSync(dir, { recursive: true, force: true });
}
