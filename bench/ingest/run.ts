/**
 * Measures how many calls and events a second the daemon stores durably: reports of past calls as Vapi sends them, and requests
 * with 100 events each, as many as it can store and then half of them. Every request is answered after its commit, so the time of
 * its response is an upper bound of the wait for it. Uses the built daemon.
 * `npm run bench -- ingest --seconds 10 --rounds 3`; `--only reports` measures one kind.
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
    only: { type: 'string' },
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

const EVENTS_PATH = 'providers/events/events';
const LOADS = {
  'calls with a report of 8 lines': { kind: 'reports', path: 'providers/vapi/webhook', atOnce: 64, each: 1 },
  'utterances, 100 in a request': { kind: 'utterances', path: EVENTS_PATH, atOnce: 16, each: EVENTS },
  'speech events, 100 in a request': { kind: 'speech', path: EVENTS_PATH, atOnce: 16, each: EVENTS },
} as const;
type Name = keyof typeof LOADS;
const names = (Object.keys(LOADS) as Name[]).filter(
  (name) => values.only === undefined || LOADS[name].kind === values.only,
);

interface Result {
  /** As many requests as the daemon can answer. */
  readonly saturated: Sent;
  /** Half of them, at even intervals. */
  readonly half: Sent;
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function measure(name: Name): Promise<Result> {
  const { kind, path, atOnce, each } = LOADS[name];
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const daemon = await startDaemon(CONFIG, profile);
  const sender = await startProgram('bench/ingest/sender.ts', [], READY);
  const url = `${daemon.url}${path}`;
  const send = (load: Pick<Load, 'seconds' | 'rate'>): Promise<Sent> =>
    request<Sent>(sender, { url, kind, atOnce, ...load } satisfies Load);
  await send({ seconds: warmUp });
  const [cpu, started] = [daemon.cpuSeconds(), performance.now()];
  const saturated = await send({ seconds });
  const [used, elapsed] = [daemon.cpuSeconds() - cpu, (performance.now() - started) / 1000];
  const accepted = (saturated.statuses['200'] ?? 0) * each;
  const half = await send({ seconds, rate: Math.max(accepted / each / elapsed / 2, 1) });
  await Promise.all([sender.stop(), daemon.stop()]);
  return { saturated, half, perSecond: accepted / elapsed, cpuMicroseconds: (used * 1e6) / accepted };
}

try {
  const results = new Map<string, Result[]>();
  for (let round = 1; round <= rounds; round++)
    for (const name of names) results.set(name, [...(results.get(name) ?? []), await measure(name)]);
  printTable(
    [...results].map(([name, each]) => ({
      'stored durably': name,
      'per second': median(each.map(({ perSecond }) => perSecond)).toFixed(0),
      'CPU, µs each': median(each.map(({ cpuMicroseconds }) => cpuMicroseconds)).toFixed(0),
      'p50, ms': median(each.map(({ saturated }) => saturated.p50)).toFixed(1),
      'p99, ms': median(each.map(({ saturated }) => saturated.p99)).toFixed(1),
      'p50 at half the load': median(each.map(({ half }) => half.p50)).toFixed(1),
      'p99 at half the load': median(each.map(({ half }) => half.p99)).toFixed(1),
      statuses: JSON.stringify(each.at(-1)!.saturated.statuses),
    })),
  );
  printJson('ingest', Object.fromEntries(results));
} finally {
  await stopPrograms();
}
