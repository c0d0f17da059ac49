/**
 * Measures what the head of the log in PostgreSQL admits: its row is locked by every commit of every node until the commit is on
 * the disk. Several writers commit at once; and one commits with and without the condition on the members, in turn.
 * `npm run bench -- log-head --writers 1,2,4,8 --sizes 1,10,100 --seconds 2 --rounds 3`
 */
import { parseArgs } from 'node:util';
import { median, percentile, printJson, printTable } from '../support/report.ts';
import { startLog, type Durability, type Log, type Writer } from './writers.ts';

const { values } = parseArgs({
  options: {
    writers: { type: 'string', default: '1,2,4,8' },
    sizes: { type: 'string', default: '1,10,100' },
    durability: { type: 'string', default: 'full,normal' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
  },
});
const numbers = (list: string): number[] => list.split(',').map(Number);
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
/** Commits without the condition, and as many with it, until plans are chosen and code is compiled. */
const WARM_UP = 300;

interface Admitted {
  readonly commits: number;
  readonly p50: number;
  readonly serverCpu: number;
  readonly clientCpu: number;
  readonly wal: number;
}

/** All writers commit for a time, each as soon as its last commit is stored. */
async function admit(log: Log, writers: readonly Writer[], size: number): Promise<Admitted> {
  const times: number[] = [];
  const [cpu, server, wal, started] = [
    process.cpuUsage(),
    log.cpuSeconds(),
    await log.wal(),
    performance.now(),
  ];
  const end = started + seconds * 1000;
  const repeat = async (writer: Writer): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      await writer.commit(size);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(writers.map(repeat));
  const elapsed = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    commits: times.length / elapsed,
    p50: percentile(times, 0.5),
    serverCpu: ((log.cpuSeconds() - server) * 1e6) / times.length,
    clientCpu: (user + system) / 1e4 / elapsed,
    wal: ((await log.wal()) - wal) / times.length / size,
  };
}

async function measureWriters(log: Log): Promise<Record<string, string | number>[]> {
  const rows = [];
  let opened = 0;
  for (const durability of values.durability.split(',') as Durability[])
    for (const size of numbers(values.sizes))
      for (const count of numbers(values.writers)) {
        const writers = await Promise.all(
          Array.from({ length: count }, () => log.open(`writer${++opened}`, durability)),
        );
        await admit(log, writers, size);
        const measured: Admitted[] = [];
        for (let round = 0; round < rounds; round++) measured.push(await admit(log, writers, size));
        await Promise.all(writers.map((writer) => writer.close()));
        const of = (key: keyof Admitted): number => median(measured.map((each) => each[key]));
        rows.push({
          durability,
          'events a commit': size,
          writers: count,
          'commits a second': of('commits').toFixed(0),
          'events a second': (of('commits') * size).toFixed(0),
          'p50, ms': of('p50').toFixed(2),
          'server, CPU μs a commit': of('serverCpu').toFixed(0),
          'writers, % of a core': of('clientCpu').toFixed(0),
          'WAL, bytes an event': of('wal').toFixed(0),
        });
      }
  return rows;
}

/** One writer with the condition and one without it commit in turn. Medians, because some commits wait for others on the machine. */
async function measureCondition(log: Log): Promise<Record<string, string | number>[]> {
  const rows = [];
  for (const size of numbers(values.sizes)) {
    const writers = [
      await log.open(`with${size}`, 'normal'),
      await log.open(`without${size}`, 'normal', false),
    ];
    const of = writers.map(() => ({ times: [] as number[], cpu: [] as number[] }));
    const commit = async (index: number): Promise<void> => {
      const writer = writers[index]!;
      const [cpu, began] = [writer.serverCpu(), performance.now()];
      await writer.commit(size);
      of[index]!.times.push(performance.now() - began);
      of[index]!.cpu.push(writer.serverCpu() - cpu);
    };
    const end = performance.now() + seconds * 1000 * rounds;
    for (let count = 0; performance.now() < end || count < 2 * WARM_UP; count++) {
      // Each is the first one as often as the other.
      const first = count % 2;
      await commit(first);
      await commit(1 - first);
    }
    await Promise.all(writers.map((writer) => writer.close()));
    const [withIt, without] = of.map(({ times, cpu }) => ({
      time: median(times.slice(WARM_UP)),
      cpu: median(cpu.slice(WARM_UP)),
      count: times.length - WARM_UP,
    }));
    rows.push({
      'events a commit': size,
      'commits of each': withIt!.count,
      'with, server CPU μs': withIt!.cpu.toFixed(1),
      without: without!.cpu.toFixed(1),
      ratio: (withIt!.cpu / without!.cpu).toFixed(3),
      'with, p50 ms': withIt!.time.toFixed(3),
      'without, ms': without!.time.toFixed(3),
      'ratio of p50': (withIt!.time / without!.time).toFixed(3),
    });
  }
  return rows;
}

const log = await startLog();
if (log)
  try {
    const writers = await measureWriters(log);
    const condition = await measureCondition(log);
    printTable(writers);
    printTable(condition);
    printJson('log-head', { writers, condition });
  } finally {
    await log.stop();
  }
else printJson('log-head', {});
