/**
 * Measures how much the daemon grows: memory per live call, memory over a day of calls in accelerated time, and bytes of the
 * database per hour of calls. Uses the built daemon.
 * `npm run bench -- growth --live 1000 --hours 24 --perHour 500`
 */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { request, ROOT, startDaemon, stopPrograms, type Program } from '../support/programs.ts';
import { printJson, printTable } from '../support/report.ts';
import { endOf, lengthOf, startOf, turnsOf, type Event } from './calls.ts';

const { values } = parseArgs({
  options: {
    live: { type: 'string', default: '1000' },
    hours: { type: 'string', default: '24' },
    perHour: { type: 'string', default: '500' },
  },
});
const [live, hours, perHour] = [Number(values.live), Number(values.hours), Number(values.perHour)];
/** Turns of a call: 3 minutes. */
const TURNS = 29;
const HOUR_MS = 3_600_000;
const EVENTS_PER_REQUEST = 500;
const CONFIG = `server: { port: 0 }
limits: { eventsPerSecond: 1000000, liveCalls: 100000 }
providers:
  source:
    plugin: '${ROOT}/bench/growth/call-source.mjs'
`;

interface Memory {
  readonly bytes: number;
  readonly rss: number;
}

const start = (): ReturnType<typeof startDaemon> =>
  startDaemon(CONFIG, ['--expose-gc', '--import', `${ROOT}/bench/support/memory.mjs`]);
const memoryOf = (daemon: Program): Promise<Memory> => request<Memory>(daemon, 'memory');

async function emit({ url }: Program, events: readonly Event[]): Promise<void> {
  for (let at = 0; at < events.length; at += EVENTS_PER_REQUEST) {
    const body = JSON.stringify({ events: events.slice(at, at + EVENTS_PER_REQUEST) });
    const response = await fetch(`${url}providers/source/events`, { method: 'POST', body });
    if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`);
  }
}

const idsOf = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(4, '0')}`);

/** Returns the memory of a live call with a transcript of 3 minutes, bytes. */
async function memoryPerCall(): Promise<number> {
  const daemon = await start();
  const now = Date.now();
  const begin = (id: string): Event[] => [...startOf(id, now), ...turnsOf(id, now, TURNS)];
  await emit(
    daemon,
    idsOf('warm-up', 100).flatMap((id) => [...begin(id), ...endOf(id, now + lengthOf(TURNS))]),
  );
  const before = await memoryOf(daemon);
  await emit(daemon, idsOf('live', live).flatMap(begin));
  const after = await memoryOf(daemon);
  await daemon.stop();
  return (after.bytes - before.bytes) / live;
}

interface Hour extends Memory {
  readonly hour: number;
}

interface Day {
  readonly memory: readonly Hour[];
  /** Bytes of the database for each hour of calls. */
  readonly databaseBytes: number;
}

async function growthOverDay(): Promise<Day> {
  const daemon = await start();
  const began = Date.now() - hours * HOUR_MS;
  const memory: Hour[] = [];
  for (let hour = 0; hour < hours; hour++) {
    const calls = idsOf(`hour-${hour}`, perHour).map((id, index) => {
      const at = began + hour * HOUR_MS + Math.floor((index / perHour) * HOUR_MS);
      return [startOf(id, at), turnsOf(id, at, TURNS), endOf(id, at + lengthOf(TURNS))].flat();
    });
    await emit(daemon, calls.flat());
    memory.push({ hour: hour + 1, ...(await memoryOf(daemon)) });
  }
  await daemon.stop();
  const callHours = (hours * perHour * lengthOf(TURNS)) / HOUR_MS;
  return { memory, databaseBytes: statSync(daemon.database).size / callHours };
}

try {
  const perCall = await memoryPerCall();
  const { memory, databaseBytes } = await growthOverDay();
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  process.stdout.write(
    `Memory after garbage collection, over ${hours} hours with ${perHour} calls of 3 minutes each\n`,
  );
  const shown = new Set([0, 1, 0.25, 0.5, 0.75].map((part) => Math.round(part * (hours - 1))));
  printTable(
    memory
      .filter((_, index) => shown.has(index))
      .map(({ hour, bytes, rss }) => ({
        hour,
        'heap and buffers, MiB': mebibytes(bytes),
        'resident, MiB': mebibytes(rss),
      })),
  );
  printTable([
    {
      'live call with 29 utterances, kB': (perCall / 1000).toFixed(1),
      'database, kB per hour of calls': (databaseBytes / 1000).toFixed(0),
    },
  ]);
  printJson('growth', { perCall, databaseBytes, memory });
} finally {
  await stopPrograms();
}
