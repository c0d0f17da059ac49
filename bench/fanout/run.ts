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
import { connect } from './clients.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    events: { type: 'string', default: '600' },
    intervalMs: { type: 'string', default: '10' },
    perInterval: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    operations: { type: 'string', default: 'same,distinct' },
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
const WARM_UP_EVENTS = 500;
/** Until the operations of all clients are subscribed, ms. */
const SETTLE_MS = 1000;

const SELECTION =
  'callEvents(types: [UTTERANCE_FINALIZED]) { cursor type at call { id status } ... on UtteranceFinalized { utterance { id party text startMs endMs } } }';
const OPERATIONS: Readonly<Record<string, (index: number) => string>> = {
  same: () => `subscription { ${SELECTION} }`,
  distinct: (index) => `subscription { event${index}: ${SELECTION} }`,
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
async function measure(name: string, queryOf: (index: number) => string): Promise<number> {
  const program = await CONTENDERS[name]!();
  const all = await connect(`${program.url.replace(/^http/, 'ws')}graphql`, clients, queryOf);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await request(program, { events: WARM_UP_EVENTS, ...pace });
  await all.until(WARM_UP_EVENTS * clients);
  const before = await request<number>(program, 'cpu');
  await request(program, { events, ...pace });
  await all.until((WARM_UP_EVENTS + events) * clients);
  const cpu = (await request<number>(program, 'cpu')) - before;
  if (all.received !== (WARM_UP_EVENTS + events) * clients)
    throw new Error(`${name}: ${all.received} events`);
  all.close();
  await program.stop();
  return cpu / (events * clients);
}

function installContenders(): void {
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
        ((results[operation] ??= {})[name] ??= []).push(await measure(name, OPERATIONS[operation]!));
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
