/**
 * Measures the CPU time of a frame of audio: Vobiz streams sent to a server that only parses messages and decodes payloads, and
 * to the daemon, without demand and metered for one client, with the plugin in the daemon's thread and in its own, alternating in one
 * run. Uses the built daemon.
 * `npm run bench -- frames --streams 500 --seconds 10 --rounds 3`
 */
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { request, ROOT, startDaemon, startProgram, stopPrograms, type Program } from '../support/programs.ts';
import { READY } from '../support/ready.ts';
import { median, printJson, printTable } from '../support/report.ts';
import { answerCall } from '../support/vobiz.ts';
import type { Load } from './streams.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    warmUp: { type: 'string', default: '5' },
    profile: { type: 'string' },
  },
});
const [streams, seconds, rounds] = [Number(values.streams), Number(values.seconds), Number(values.rounds)];
const warmUp = Number(values.warmUp);

const configOf = (isolate: boolean): string => `server: { port: 0 }
limits: { liveCalls: 2000 }
providers:
  vobiz:
    plugin: '@sidetone/plugin-vobiz'
    isolate: ${isolate}
    options: { answer: { mode: tap, dial: '+918000000001' } }
`;
const LOOP_DELAY = ['--import', `${ROOT}/bench/support/loop-delay.mjs`];

interface Round {
  readonly cpuMicroseconds: number;
  readonly loopDelayMs: number;
  readonly peakMemory: number;
}

interface Contender {
  readonly start: () => Promise<Program>;
  readonly urlOf: (program: Program, callId: string) => string | Promise<string>;
  /** A subscription of one client. */
  readonly subscription?: string;
}

const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const daemon = (isolate = false): Promise<Program> =>
  startDaemon(configOf(isolate), [...LOOP_DELAY, ...profile]);
const LEVELS =
  'subscription { audioLevels(intervalMs: 250) { at levels { callId parties { party rmsDb peakDb } } } }';
const CONTENDERS = {
  'parse and decode only': {
    start: () => startProgram('bench/frames/bare-server.ts', [], READY, LOOP_DELAY),
    urlOf: (program) => program.url,
  },
  'sidetone, no demand': { start: () => daemon(), urlOf: ({ url }, callId) => answerCall(url, callId) },
  'sidetone, metered': {
    start: () => daemon(),
    urlOf: ({ url }, callId) => answerCall(url, callId),
    subscription: LEVELS,
  },
  'isolated, no demand': { start: () => daemon(true), urlOf: ({ url }, callId) => answerCall(url, callId) },
  'isolated, metered': {
    start: () => daemon(true),
    urlOf: ({ url }, callId) => answerCall(url, callId),
    subscription: LEVELS,
  },
} as const satisfies Readonly<Record<string, Contender>>;

async function measure(contender: Contender, load: Program, round: number): Promise<Round> {
  const program = await contender.start();
  const calls: { callId: string; url: string }[] = [];
  for (let index = 0; index < streams; index++) {
    const callId = `bench-${round}-${index}`;
    calls.push({ callId, url: await contender.urlOf(program, callId) });
  }
  let levels = 0;
  const client =
    contender.subscription === undefined
      ? undefined
      : createClient({
          url: `${program.url.replace(/^http/, 'ws')}graphql`,
          webSocketImpl: WebSocket,
          lazy: false,
        });
  client?.subscribe(
    { query: contender.subscription! },
    {
      next: () => levels++,
      error: (error) => process.stderr.write(`${JSON.stringify(error)}\n`),
      complete: () => undefined,
    },
  );
  await request<number>(load, { calls, seconds: warmUp } satisfies Load);
  await request(program, 'loop delay');
  levels = 0;
  const before = program.cpuSeconds();
  const sent = await request<number>(load, { calls, seconds } satisfies Load);
  const cpu = program.cpuSeconds() - before;
  const delay = await request<{ p99: number }>(program, 'loop delay');
  if (client && levels === 0) throw new Error('the client received no levels');
  await client?.dispose();
  await request(load, 'close');
  const result = {
    cpuMicroseconds: (cpu * 1e6) / sent,
    loopDelayMs: delay.p99,
    peakMemory: program.peakMemory(),
  };
  await program.stop();
  return result;
}

try {
  const load = await startProgram('bench/frames/streams.ts', [], READY);
  const results = new Map<string, Round[]>();
  for (let round = 1; round <= rounds; round++)
    for (const [name, contender] of Object.entries(CONTENDERS))
      results.set(name, [...(results.get(name) ?? []), await measure(contender, load, round)]);
  const cpuOf = (name: string): number => median(results.get(name)!.map((each) => each.cpuMicroseconds));
  const base = cpuOf('parse and decode only');
  process.stdout.write(
    `${streams} streams, one frame per 20 ms each, ${seconds} s per round, ${rounds} rounds\n`,
  );
  printTable(
    [...results].map(([name, each]) => ({
      server: name,
      'CPU per frame, µs': cpuOf(name).toFixed(1),
      ratio: (cpuOf(name) / base).toFixed(2),
      'event-loop delay p99, ms': median(each.map(({ loopDelayMs }) => loopDelayMs)).toFixed(1),
      'memory, MiB': Math.max(...each.map(({ peakMemory }) => peakMemory)),
    })),
  );
  printJson('frames', Object.fromEntries(results));
} finally {
  await stopPrograms();
}
