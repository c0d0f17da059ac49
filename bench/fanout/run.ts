/**
 * Measures the CPU time of a delivery: one event sent to each of many subscribers of one operation, or of as many different
 * ones, by the built daemon, by other GraphQL servers, and by a server that sends a prepared string. Alternating in one run.
 * `npm run bench -- fanout --clients 200 --events 600 --rounds 3`
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { request, ROOT, startDaemon, startProgram, stopPrograms, type Program } from '../support/programs.ts';
import { READY } from '../support/ready.ts';
import { median, printJson, printTable } from '../support/report.ts';
import { LEVELS_INTERVAL_MS } from './contenders/events.mjs';
import { connect, type Clients } from './clients.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    events: { type: 'string', default: '600' },
    intervalMs: { type: 'string', default: '10' },
    perInterval: { type: 'string', default: '1' },
    warmUpEvents: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
    operations: { type: 'string', default: 'same,distinct,levels' },
    levelSeconds: { type: 'string', default: '8' },
    contenders: { type: 'string', default: 'raw,mercurius,yoga,sidetone' },
    profile: { type: 'string' },
  },
});
const [clients, events, rounds] = [values.clients, values.events, values.rounds].map(Number) as [
  number,
  number,
  number,
];
const pace = { intervalMs: Number(values.intervalMs), perInterval: Number(values.perInterval) };
/** Until the operations of all clients are subscribed, ms. */
const SETTLE_MS = 1000;

/** The part of the levels that has to arrive. */
const MIN_SHARE = 0.5;

const SELECTION =
  'callEvents(types: [UTTERANCE_FINALIZED]) { cursor type at call { id status } ... on UtteranceFinalized { utterance { id party text startMs endMs } } }';
const OPERATIONS: Readonly<Record<string, (index: number) => string>> = {
  same: () => `subscription { ${SELECTION} }`,
  distinct: (index) => `subscription { event${index}: ${SELECTION} }`,
  levels: () =>
    'subscription { audioLevels(intervalMs: 100) { at levels { callId parties { party rmsDb peakDb speaking } } } }',
};

const CONFIG = `server: { port: 0 }
limits: { subscriptionCostPerSecond: 1000000000, connections: 10000, eventsPerSecond: 100000 }
providers: { bench: { plugin: '${ROOT}/bench/fanout/plugin.ts' } }
`;
const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const contender = (name: string) => (): Promise<Program> =>
  startProgram(`bench/fanout/contenders/${name}.mjs`, [], READY, name === 'raw' ? [] : profile);
const CONTENDERS: Readonly<Record<string, () => Promise<Program>>> = {
  raw: contender('raw'),
  mercurius: contender('mercurius'),
  yoga: contender('yoga'),
  sidetone: () => startDaemon(CONFIG, ['--import', 'tsx', ...profile]),
};

/** Returns the CPU time of a delivery, µs. */
async function measure(name: string, operation: string): Promise<number> {
  const program = await CONTENDERS[name]!();
  const url = `${program.url.replace(/^http/, 'ws')}graphql`;
  const all = await connect(url, clients, OPERATIONS[operation]!);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const publish = operation === 'levels' ? publishLevels : publishEvents;
  await publish(program, all, true);
  const received = all.received;
  const before = await request<number>(program, 'cpu');
  await publish(program, all, false);
  const cpu = (await request<number>(program, 'cpu')) - before;
  const deliveries = all.received - received;
  all.close();
  await program.stop();
  return cpu / deliveries;
}

async function publishEvents(program: Program, all: Clients, isWarmUp: boolean): Promise<void> {
  const count = isWarmUp ? Number(values.warmUpEvents) : events;
  const expected = all.received + count * clients;
  await request(program, { events: count, ...pace });
  await all.until(expected);
  if (all.received !== expected) throw new Error(`received ${all.received} events instead of ${expected}`);
}

async function publishLevels(program: Program, all: Clients, isWarmUp: boolean): Promise<void> {
  const seconds = Number(values.levelSeconds);
  const [before, ticks] = [all.received, (seconds * 1000) / LEVELS_INTERVAL_MS];
  await request(program, { levelSeconds: seconds });
  // Ticks are skipped on a machine with more load than cores.
  const share = (all.received - before) / (ticks * clients);
  if (!isWarmUp && share < MIN_SHARE) throw new Error(`received ${share} of the levels`);
}

/** The others need nothing that the repository does not have. */
const INSTALLED = ['mercurius', 'yoga'];

function installContenders(): void {
  if (!INSTALLED.some((name) => values.contenders.split(',').includes(name))) return;
  const folder = `${ROOT}/bench/fanout/contenders`;
  if (existsSync(`${folder}/node_modules`)) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
}

try {
  installContenders();
  const results: Record<string, Record<string, number[]>> = {};
  for (const operation of values.operations.split(','))
    for (let round = 0; round < rounds; round++)
      for (const name of values.contenders.split(','))
        ((results[operation] ??= {})[name] ??= []).push(await measure(name, operation));
  process.stdout.write(
    `${clients} clients, ${events} events, one each ${pace.intervalMs} ms, ${rounds} rounds\n`,
  );
  for (const [operation, byName] of Object.entries(results)) {
    const sidetone = median(byName['sidetone'] ?? [NaN]);
    printTable(
      Object.entries(byName).map(([name, each]) => ({
        [`${operation} operation`]: name,
        'CPU per delivery, µs': median(each).toFixed(1),
        range: `${Math.min(...each).toFixed(1)} - ${Math.max(...each).toFixed(1)}`,
        'Sidetone / this': (sidetone / median(each)).toFixed(2),
      })),
    );
  }
  printJson('fanout', results);
} finally {
  await stopPrograms();
}
