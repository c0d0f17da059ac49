/**
 * Asks questions about histories of several sizes, in turn, of one daemon for each:
 * `npm run bench -- history --calls 10000,500000 --rounds 20`. With `--cold`, also once with a cold file cache. `--folder` keeps
 * the generated databases.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { benchDir, DAEMON, ROOT, stopPrograms } from '../support/programs.ts';
import { median, percentile, printJson, printTable } from '../support/report.ts';
import { ask, dropCache, historyOf, startOn, untilFilled, type History } from './database.ts';
import { liveDelays } from './live-events.ts';
import { HEAVY_QUESTIONS, QUESTIONS } from './questions.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000,100000' },
    rounds: { type: 'string', default: '20' },
    events: { type: 'string', default: '300' },
    starts: { type: 'string', default: '3' },
    folder: { type: 'string', default: join(benchDir, 'histories') },
    cold: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const histories = values.calls.split(',').map((calls) => historyOf(Number(calls), values.folder));
const names = Object.keys(QUESTIONS);

/** Starts a daemon on each database for the first time: it may have calls to add to the totals. */
async function prepare(): Promise<void> {
  for (const history of histories) {
    const daemon = await startOn(history);
    await untilFilled(history);
    await daemon.stop();
  }
}

async function warmTimes(): Promise<readonly Readonly<Record<string, readonly number[]>>[]> {
  const daemons = await Promise.all(histories.map((history) => startOn(history)));
  const times = histories.map(() => Object.fromEntries(names.map((name) => [name, [] as number[]])));
  for (const name of names) {
    // The first round fills the caches.
    for (let round = -1; round < rounds; round++) {
      for (const [i, { url }] of daemons.entries()) {
        const ms = await ask(url, QUESTIONS[name]!);
        if (round >= 0) times[i]![name]!.push(ms);
      }
    }
  }
  for (const daemon of daemons) await daemon.stop();
  return times;
}

/** Each question is the first one of a new daemon. */
async function coldTimes(history: History): Promise<Readonly<Record<string, number>>> {
  const times: Record<string, number> = {};
  for (const name of names) {
    dropCache(history);
    const daemon = await startOn(history);
    times[name] = await ask(daemon.url, QUESTIONS[name]!);
    await daemon.stop();
  }
  return times;
}

interface Start {
  readonly ms: number;
  readonly cpuMs: number;
  readonly coldMs: number;
}

/** Medians of `--starts` starts until ready, in turn for each history. */
async function startTimes(): Promise<readonly Start[]> {
  const starts = histories.map(() => ({ ms: [] as number[], cpuMs: [] as number[], coldMs: [] as number[] }));
  for (let round = 0; round < Number(values.starts); round++) {
    for (const [i, history] of histories.entries()) {
      dropCache(history);
      const cold = await startOn(history);
      await cold.stop();
      const warm = await startOn(history);
      await warm.stop();
      starts[i]!.coldMs.push(cold.startMs);
      starts[i]!.ms.push(warm.startMs);
      starts[i]!.cpuMs.push(warm.startCpuMs);
    }
  }
  return starts.map(({ ms, cpuMs, coldMs }) => ({
    ms: median(ms),
    cpuMs: median(cpuMs),
    coldMs: median(coldMs),
  }));
}

interface Delays {
  readonly idle: number;
  readonly heavy: number;
  readonly backup: number;
}

/** Delays of live events: alone, with three clients that ask heavy questions one after another, and during backups. */
async function eventDelays(history: History): Promise<Delays> {
  const daemon = await startOn(history);
  const measure = async (): Promise<number> =>
    percentile(await liveDelays(daemon.url, Number(values.events), 20), 0.99);
  const idle = await measure();
  const done = new AbortController();
  const clients = HEAVY_QUESTIONS.map(async (question) => {
    // Some exceed the time limit of a query.
    while (!done.signal.aborted) await ask(daemon.url, question).catch(() => undefined);
  });
  const heavy = await measure();
  done.abort();
  await Promise.all(clients);
  const backups = new AbortController();
  const backedUp = backUpUntil(history, backups.signal);
  const backup = await measure();
  backups.abort();
  await backedUp;
  await daemon.stop();
  return { idle, heavy, backup };
}

/** Makes one backup after the other; the last one is interrupted. */
async function backUpUntil({ file }: History, signal: AbortSignal): Promise<void> {
  const target = join(benchDir, 'backup.db');
  const args = [join(ROOT, DAEMON), 'backup', target, '--database', file, '--force', '--quiet'];
  while (!signal.aborted)
    await promisify(execFile)(process.execPath, args, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
}

try {
  await prepare();
  const warm = await warmTimes();
  const [smallest, largest] = [histories[0]!, histories.at(-1)!];
  const cold: Readonly<Record<string, number>>[] = [];
  for (const history of values.cold ? [smallest, largest] : []) cold.push(await coldTimes(history));
  const starts = await startTimes();
  const delays = await eventDelays(largest);
  const round = (ms: number): number => Number(ms.toPrecision(3));
  printTable(
    names.map((name) => ({
      question: name,
      ...Object.fromEntries(
        histories.map(({ calls }, i) => [
          `${calls}: p50 / p95, ms`,
          [0.5, 0.95].map((part) => round(percentile(warm[i]![name]!, part))).join(' / '),
        ]),
      ),
      'ratio of p50': round(percentile(warm.at(-1)![name]!, 0.5) / percentile(warm[0]![name]!, 0.5)),
      'cold, ms': cold.map((times) => round(times[name]!)).join(' / '),
    })),
  );
  process.stdout.write(
    `\n${starts.map(({ ms, cpuMs, coldMs }, i) => `start with ${histories[i]!.calls} calls: ready after ${round(ms)} ms (CPU ${round(cpuMs)} ms), with a cold cache ${round(coldMs)} ms\n`).join('')}` +
      `live event p99: ${round(delays.idle)} ms, during heavy questions ${round(delays.heavy)} ms, during backups ${round(delays.backup)} ms\n`,
  );
  printJson('history', { calls: histories.map(({ calls }) => calls), warm, cold, starts, delays });
} finally {
  await stopPrograms();
}
