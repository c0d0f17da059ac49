/** The tables of the benchmark: medians of the rounds, and each set-up as a ratio to the first one. */
import { median, percentile, printTable } from '../support/report.ts';
import type { Cost, Measured } from './measurements.ts';

/** The rounds of each set-up, by what was measured. */
export type Results = Record<string, Record<string, Measured[]>>;

interface Summary extends Cost {
  readonly totalCpu: number;
  readonly perSecond: number;
  /** ms; 0 if nothing was timed. */
  readonly p50: number;
  readonly p99: number;
}

function summarise(rounds: readonly Measured[]): Summary {
  const of = (value: (measured: Measured) => number): number => Number(median(rounds.map(value)).toFixed(2));
  const time = (part: number): number =>
    of(({ times }) => (times.length === 0 ? 0 : percentile(times, part)));
  const cost = (key: keyof Cost): number => of((measured) => measured.cost[key]);
  return {
    daemonCpu: cost('daemonCpu'),
    postgresCpu: cost('postgresCpu'),
    natsCpu: cost('natsCpu'),
    totalCpu: of(({ cost: each }) => each.daemonCpu + each.postgresCpu + each.natsCpu),
    wal: cost('wal'),
    commits: cost('commits'),
    messages: cost('messages'),
    perSecond: of(({ perSecond }) => perSecond),
    p50: time(0.5),
    p99: time(0.99),
  };
}

export const summaryOf = (results: Results): Record<string, Record<string, Summary>> =>
  Object.fromEntries(
    Object.entries(results).map(([what, bySetUp]) => [
      what,
      Object.fromEntries(Object.entries(bySetUp).map(([name, rounds]) => [name, summarise(rounds)])),
    ]),
  );

/** Prints a table for each kind of work. The ratios compare with its first row. */
export function printResults(results: Results): void {
  for (const [what, bySetUp] of Object.entries(summaryOf(results))) {
    const [base] = Object.values(bySetUp);
    const ratio = (value: number, key: keyof Summary): string =>
      base![key] > 0 ? (value / base![key]).toFixed(2) : '';
    printTable(
      Object.entries(bySetUp).map(([name, each]) => ({
        [what]: name,
        'daemons, CPU μs': each.daemonCpu.toFixed(0),
        PostgreSQL: each.postgresCpu.toFixed(0),
        NATS: each.natsCpu.toFixed(0),
        sum: each.totalCpu.toFixed(0),
        ratio: ratio(each.totalCpu, 'totalCpu'),
        'p50, ms': each.p50.toFixed(1),
        'p50 ratio': ratio(each.p50, 'p50'),
        'p99, ms': each.p99.toFixed(1),
        'per second': each.perSecond.toFixed(0),
        commits: each.commits.toFixed(2),
        'WAL bytes': each.wal.toFixed(0),
        'NATS messages': each.messages.toFixed(2),
      })),
    );
  }
}
