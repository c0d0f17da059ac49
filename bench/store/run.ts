/**
 * Commits utterances to SQLite and to PostgreSQL, in commits of several sizes, in turn:
 * `npm run bench -- store --sizes 1,10,100 --events 20000 --rounds 3`. The time of the processor includes that of the server.
 * Without waiting for the disk, on both engines.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../../packages/daemon/test/postgres/support/server.ts';
import { DraftMaker } from '../../packages/daemon/test/store/suites/drafts.ts';
import type { Draft } from '../../packages/daemon/src/calls/ports.ts';
import { openDatabase } from '../../packages/daemon/src/store/database.ts';
import { createLedger } from '../../packages/daemon/src/store/ledger.ts';
import { openPostgres } from '../../packages/daemon/src/store/postgres/open-postgres.ts';
import { createPostgresLedger } from '../../packages/daemon/src/store/postgres/ledger.ts';
import { cpuSecondsOfFamily } from '../support/cpu.ts';
import { median, printJson, printTable } from '../support/report.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1,10,100' },
    events: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
  },
});

interface Engine {
  readonly name: string;
  commit(drafts: readonly Draft[]): unknown;
  /** Time of the processor, μs, besides that of this process. */
  serverCpu(): number;
  roundTrips(): number;
  close(): Promise<void>;
}

/** Utterances of ten calls, in turn. */
function draftsOf(round: string, count: number): { starts: readonly Draft[]; lines: readonly Draft[] } {
  const maker = new DraftMaker();
  const names = Array.from({ length: 10 }, (_, i) => `${round}_${i}`);
  return {
    starts: names.map((name) => maker.start(name, { from: '+14155550100' })),
    lines: Array.from({ length: count }, (_, i) =>
      maker.line(
        names[i % names.length]!,
        i,
        'I would like to change the delivery address of my order, please.',
      ),
    ),
  };
}

function sqlite(): Engine {
  const dir = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));
  const { db, close } = openDatabase(join(dir, 'bench.db'), 'normal');
  const ledger = createLedger(db);
  return {
    name: 'SQLite',
    commit: (drafts) => ledger.commit(drafts),
    serverCpu: () => 0,
    roundTrips: () => 0,
    close() {
      close();
      rmSync(dir, { recursive: true });
      return Promise.resolve();
    },
  };
}

async function postgres(): Promise<Engine | undefined> {
  const server = await startServer(['fsync=off', 'autovacuum=off']);
  if (!server) return undefined;
  const { session, close } = await openPostgres({ url: `${server.url}/postgres`, durability: 'normal' });
  const ledger = createPostgresLedger(session);
  return {
    name: 'PostgreSQL',
    commit: (drafts) => ledger.commit(drafts),
    serverCpu: () => cpuSecondsOfFamily(server.pid) * 1e6,
    roundTrips: () => session.roundTrips,
    async close() {
      await close();
      await server.stop();
    },
  };
}

async function measure(engine: Engine, round: string, size: number, events: number) {
  const { starts, lines } = draftsOf(round, events);
  await engine.commit(starts);
  const before = {
    cpu: process.cpuUsage(),
    server: engine.serverCpu(),
    trips: engine.roundTrips(),
    at: process.hrtime.bigint(),
  };
  let commits = 0;
  for (let from = 0; from < lines.length; from += size) {
    await engine.commit(lines.slice(from, from + size));
    commits += 1;
  }
  const { user, system } = process.cpuUsage(before.cpu);
  return {
    daemonUs: (user + system) / events,
    serverUs: (engine.serverCpu() - before.server) / events,
    msPerCommit: Number(process.hrtime.bigint() - before.at) / 1e6 / commits,
    roundTrips: (engine.roundTrips() - before.trips) / commits,
  };
}

const engines = [sqlite(), await postgres()].filter((engine) => engine !== undefined);
const rows = [];
for (const size of values.sizes.split(',').map(Number)) {
  const results = new Map(engines.map(({ name }) => [name, [] as Awaited<ReturnType<typeof measure>>[]]));
  // The first round warms up.
  for (let round = 0; round <= Number(values.rounds); round++)
    for (const engine of engines) {
      const events = Math.min(Number(values.events), size * 4000);
      const result = await measure(engine, `${size}_${round}`, size, events);
      if (round > 0) results.get(engine.name)!.push(result);
    }
  for (const [engine, measured] of results) {
    const of = (key: keyof (typeof measured)[number]) =>
      Number(median(measured.map((each) => each[key])).toFixed(2));
    rows.push({
      'events a commit': size,
      engine,
      'daemon CPU, μs an event': of('daemonUs'),
      'server CPU, μs an event': of('serverUs'),
      'ms a commit': of('msPerCommit'),
      'round trips a commit': of('roundTrips'),
    });
  }
}
printTable(rows);
printJson('store', rows);
for (const engine of engines) await engine.close();
