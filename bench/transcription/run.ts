/**
 * Measures the CPU cost of metering and transcription: the same Vobiz calls without demand, with a subscription to all levels,
 * and with every call transcribed, one mode after another. Also measures the delay between speech and its final utterance.
 * Uses the built daemon and simulator. Requires Linux.
 * `node --import tsx bench/transcription/run.ts --calls 100 --seconds 20`
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
/** Clock ticks per second in `/proc/<pid>/stat`. */
const TICKS = 100;
/** The approximate duration of a call; calls start one after another so that the requested number is live. */
const CALL_MS = 24_000;
/** The time until all calls are live and the JIT has warmed up. */
const WARM_UP_MS = CALL_MS + 6000;
const SCRIPT = 'parcel';

const MODES = {
  'no demand': { transcribe: 'off' },
  'levels subscribed': {
    transcribe: 'off',
    subscription: 'subscription { audioLevels(intervalMs: 250) { at } }',
  },
  'calls transcribed': {
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
  ready: RegExp,
): Promise<{ pid: number; url: string }> {
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = ready.exec(output);
      if (found) resolve({ pid: child.pid!, url: found[1]! });
    });
    child.once('exit', () => reject(new Error(`${script} exited: ${output}`)));
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

/** Returns the CPU time that a process has used, in seconds. */
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
  /** The average number of live calls during the measurement. */
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
    ['start', '--config', configOf(`mode-${number}`, simulator.url, mode.transcribe)],
    /listens at (http\S+)/,
  );
  const delays: number[] = [];
  const client = createClient({
    url: `${daemon.url.replace(/^http/, 'ws')}graphql`,
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
  const vobizAnswer = `${daemon.url}providers/vobiz/answer`;
  const vobizHangup = `${daemon.url}providers/vobiz/hangup`;
  const body = JSON.stringify({ vobizAnswer, vobizHangup });
  const send = (method: string, path: string, text: string): Promise<Response> =>
    fetch(`${simulator.url}/simulator/${path}`, { method, headers, body: text });
  await send('PUT', 'targets', body);
  const call = JSON.stringify({ provider: 'vobiz', script: SCRIPT });
  const starter = setInterval(() => void send('POST', 'calls', call).catch(() => undefined), CALL_MS / calls);
  await pause(WARM_UP_MS);
  delays.length = 0;
  const counts: number[] = [];
  const before = cpuOf(daemon.pid);
  for (let second = 0; second < seconds; second++) {
    await pause(1000);
    counts.push(await liveCalls(daemon.url));
  }
  const cpu = cpuOf(daemon.pid) - before;
  clearInterval(starter);
  const live = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  await client.dispose();
  await stopAll();
  return { cpu, live, delays: delays.toSorted((a, b) => a - b) };
}

try {
  process.stdout.write(
    `${calls} calls, ${seconds} s per mode; CPU time of the daemon only\n\n| | live calls | CPU, % of a core | per call, % of a core | ratio |\n| --- | --- | --- | --- | --- |\n`,
  );
  let base = 0;
  let delaySummary = '';
  for (const [number, name] of (Object.keys(MODES) as (keyof typeof MODES)[]).entries()) {
    const { cpu, live, delays } = await measure(name, number);
    const share = (100 * cpu) / seconds;
    const perCall = share / live;
    base ||= perCall;
    process.stdout.write(
      `| ${name} | ${live.toFixed(0)} | ${share.toFixed(1)} | ${perCall.toFixed(2)} | ${(perCall / base).toFixed(2)} |\n`,
    );
    const percentile = (part: number): string =>
      String(delays[Math.floor(part * (delays.length - 1))] ?? NaN);
    if (delays.length > 0)
      delaySummary = `\n${delays.length} finals, delay after the end of speech in ms: p50 ${percentile(0.5)}, p95 ${percentile(0.95)}, p99 ${percentile(0.99)}\n`;
  }
  process.stdout.write(delaySummary);
} finally {
  await stopAll();
  rmSync(dir, { recursive: true, force: true });
}
