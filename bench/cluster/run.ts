/**
 * Measures one daemon with SQLite, one with PostgreSQL, and clusters of one to three nodes, in turn: the CPU time of an event, of
 * a delivery to a subscriber and of a command, in the daemons and in the servers, and how long each takes; at the node that owns
 * the call, and through another one. Uses the built daemon, PostgreSQL and NATS.
 * `npm run bench -- cluster --seconds 5 --rounds 2`; `--setUps SQLite,3-nodes` and `--only events` measure less.
 */
import { parseArgs } from 'node:util';
import { startProgram, stopPrograms, type Program } from '../support/programs.ts';
import { READY } from '../support/ready.ts';
import { printJson } from '../support/report.ts';
import { Measurements, VIAS, type Load, type Measured, type Via } from './measurements.ts';
import { printResults, summaryOf, type Results } from './results.ts';
import { startServers, type Servers } from './servers.ts';
import { SET_UP_NAMES, SET_UPS, start, type SetUpName } from './set-ups.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '2' },
    warmUp: { type: 'string', default: '2' },
    rate: { type: 'string', default: '200' },
    atOnce: { type: 'string', default: '32' },
    clients: { type: 'string', default: '100' },
    setUps: { type: 'string', default: SET_UP_NAMES.join(',') },
    only: { type: 'string', default: 'events,fanOut,commands' },
  },
});
const load: Load = {
  seconds: Number(values.seconds),
  rate: Number(values.rate),
  atOnce: Number(values.atOnce),
  clients: Number(values.clients),
};

const only = new Set(values.only.split(','));

async function measure(
  name: SetUpName,
  servers: Servers | undefined,
  sender: Program,
  results: Results,
): Promise<void> {
  const running = await start(name, servers, sender.url);
  const measurements = new Measurements(running, sender, load);
  const vias = SET_UPS[name].nodes > 1 ? VIAS : (['owner'] as const);
  const note = async (what: string, measured: Promise<Measured>, via?: Via): Promise<void> => {
    const row = via === 'other' ? `${name}, through another` : name;
    ((results[what] ??= {})[row] ??= []).push(await measured);
  };
  await measurements.begin();
  for (const via of vias) {
    await measurements.warmUp(via, Number(values.warmUp), only.has('commands'));
    if (only.has('events')) {
      await note('events', measurements.steady(via), via);
      await note('most events', measurements.saturated(via), via);
    }
    if (only.has('fanOut')) await note('fan-out', measurements.fanOut(via), via);
    if (only.has('commands')) await note('commands', measurements.commands(via), via);
  }
  await note('idle', measurements.idle());
  await running.stop();
}

const servers = await startServers();
const names = (values.setUps.split(',') as SetUpName[]).filter(
  (name) => servers !== undefined || SET_UPS[name].storage === 'sqlite',
);
try {
  const sender = await startProgram('bench/cluster/sender.ts', [], READY);
  const results: Results = {};
  for (let round = 0; round < Number(values.rounds); round++)
    for (const name of names) await measure(name, servers, sender, results);
  printResults(results);
  printJson('cluster', summaryOf(results));
} finally {
  await stopPrograms();
  await servers?.stop();
}
