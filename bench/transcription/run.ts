/**
 * Measures the CPU cost of metering and transcription: the same Vobiz calls without demand, with a subscription to all levels,
 * and with every call transcribed, one mode after another. Also measures the delay between speech and its final utterance.
 * Uses the built daemon and simulator. Requires Linux.
 * `npm run bench -- transcription --calls 100 --seconds 20`
 */
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startDaemon, startSimulator, stopPrograms } from '../support/programs.ts';
import { percentile, printJson, printTable } from '../support/report.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    // Until all calls are live and the JIT has warmed up.
    warmUp: { type: 'string', default: '30' },
  },
});
const [calls, seconds] = [Number(values.calls), Number(values.seconds)];
const warmUpMs = Number(values.warmUp) * 1000;

/** The approximate duration of a call; calls start one after another so that the requested number is live. */
const CALL_MS = 24_000;
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

const configOf = (simulator: string, transcribe: string): string => `server: { port: 0 }
recording: { waveform: false }
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
`;

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

interface Result {
  readonly name: string;
  readonly live: number;
  /** CPU time, % of a core. */
  readonly share: number;
  readonly perCall: number;
  readonly finals: number;
  /** The delay of finals after the end of speech: p50, p95, p99, ms. */
  readonly delays: readonly number[];
}

async function liveCalls(url: string): Promise<number> {
  const query = '{ calls(filter: { live: true }, first: 1) { totalCount } }';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { data: { calls: { totalCount: number } } };
  return data.calls.totalCount;
}

async function measure(name: keyof typeof MODES): Promise<Measured> {
  const mode: { readonly transcribe: string; readonly subscription?: string } = MODES[name];
  const simulator = await startSimulator();
  const daemon = await startDaemon(configOf(simulator.url, mode.transcribe));
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
  await pause(warmUpMs);
  delays.length = 0;
  const counts: number[] = [];
  const before = daemon.cpuSeconds();
  for (let second = 0; second < seconds; second++) {
    await pause(1000);
    counts.push(await liveCalls(daemon.url));
  }
  const cpu = daemon.cpuSeconds() - before;
  clearInterval(starter);
  const live = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  await client.dispose();
  await Promise.all([daemon.stop(), simulator.stop()]);
  return { cpu, live, delays };
}

try {
  process.stdout.write(`${calls} calls, ${seconds} s per mode; CPU time of the daemon only\n`);
  const results: Result[] = [];
  for (const name of Object.keys(MODES) as (keyof typeof MODES)[]) {
    const { cpu, live, delays } = await measure(name);
    const share = (100 * cpu) / seconds;
    const percentiles = delays.length > 0 ? [0.5, 0.95, 0.99].map((part) => percentile(delays, part)) : [];
    results.push({ name, live, share, perCall: share / live, finals: delays.length, delays: percentiles });
  }
  printTable(
    results.map(({ name, live, share, perCall, finals, delays }) => ({
      mode: name,
      'live calls': live.toFixed(0),
      'CPU, % of a core': share.toFixed(1),
      'per call, % of a core': perCall.toFixed(2),
      ratio: (perCall / results[0]!.perCall).toFixed(2),
      finals,
      'delay of finals, ms: p50, p95, p99': delays.join(', '),
    })),
  );
  printJson('transcription', results);
} finally {
  await stopPrograms();
}
