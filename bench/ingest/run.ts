/**
 * Measures how many calls and events a second the daemon stores durably: reports of past calls as Vapi sends them, and requests
 * with 100 events each. Every request is answered after its commit. Uses the built daemon.
 * `npm run bench -- ingest --seconds 10 --rounds 3`
 */
import { parseArgs } from 'node:util';
import { request, ROOT, startDaemon, startProgram, stopPrograms } from '../support/programs.ts';
import { READY } from '../support/ready.ts';
import { median, printJson, printTable } from '../support/report.ts';
import { EVENTS, type Load, type Sent } from './load.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    warmUp: { type: 'string', default: '3' },
    profile: { type: 'string' },
  },
});
const [seconds, rounds, warmUp] = [Number(values.seconds), Number(values.rounds), Number(values.warmUp)];

const CONFIG = `server: { port: 0 }
limits: { eventsPerSecond: 1000000 }
providers:
  vapi:
    plugin: '@sidetone/plugin-vapi'
    options: { apiKey: key, apiBaseUrl: 'http://127.0.0.1:9', sweep: { intervalMs: 0 } }
  events:
    plugin: '${ROOT}/bench/ingest/event-source.mjs'
`;

const LOADS = {
  'calls with a report of 8 lines': { kind: 'reports', path: 'providers/vapi/webhook', atOnce: 64, each: 1 },
  'events, 100 in a request': { kind: 'events', path: 'providers/events/events', atOnce: 16, each: EVENTS },
} as const;

interface Result extends Sent {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function measure(name: keyof typeof LOADS): Promise<Result> {
  const { kind, path, atOnce, each } = LOADS[name];
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const daemon = await startDaemon(CONFIG, profile);
  const sender = await startProgram('bench/ingest/sender.ts', [], READY);
  const load = (duration: number): Promise<Sent> =>
    request<Sent>(sender, { url: `${daemon.url}${path}`, kind, atOnce, seconds: duration } satisfies Load);
  await load(warmUp);
  const [cpu, started] = [daemon.cpuSeconds(), performance.now()];
  const sent = await load(seconds);
  const [used, elapsed] = [daemon.cpuSeconds() - cpu, (performance.now() - started) / 1000];
  const accepted = (sent.statuses['200'] ?? 0) * each;
  await Promise.all([sender.stop(), daemon.stop()]);
  return { ...sent, perSecond: accepted / elapsed, cpuMicroseconds: (used * 1e6) / accepted };
}

try {
  const results = new Map<string, Result[]>();
  for (let round = 1; round <= rounds; round++)
    for (const name of Object.keys(LOADS) as (keyof typeof LOADS)[])
      results.set(name, [...(results.get(name) ?? []), await measure(name)]);
  printTable(
    [...results].map(([name, each]) => ({
      'stored durably': name,
      'per second': median(each.map(({ perSecond }) => perSecond)).toFixed(0),
      'CPU, µs each': median(each.map(({ cpuMicroseconds }) => cpuMicroseconds)).toFixed(0),
      'response p50, ms': median(each.map(({ p50 }) => p50)).toFixed(1),
      'p99, ms': median(each.map(({ p99 }) => p99)).toFixed(1),
      statuses: JSON.stringify(each.at(-1)!.statuses),
    })),
  );
  printJson('ingest', Object.fromEntries(results));
} finally {
  await stopPrograms();
}
