/** Runs benchmarks with the smallest possible load. Times are not checked: they belong to a quiet machine. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';

const BENCH = fileURLToPath(new URL('../../bench/', import.meta.url));

const SMALLEST = {
  cluster: '--setUps SQLite,PostgreSQL,3-nodes --seconds 0.3 --warmUp 0.1 --rounds 1 --clients 2 --rate 60',
  compression: '--minutes 1 --requests 3',
  fanout: '--contenders raw,sidetone --clients 3 --events 10 --warmUpEvents 10 --rounds 1 --levelSeconds 1',
  frames: '--streams 3 --seconds 1 --warmUp 1 --rounds 1',
  growth: '--live 5 --hours 2 --perHour 5',
  history: '--calls 100,300 --rounds 1 --events 5 --starts 1',
  ingest: '--seconds 1 --warmUp 1 --rounds 1',
  'log-head': '--writers 1,2 --sizes 1 --durability normal --seconds 0.3 --rounds 1',
  relay: '--calls 2 --seconds 1 --rounds 1',
  store: '--sizes 1,10 --events 100 --rounds 1',
  transcription: '--calls 24 --seconds 1 --warmUp 2',
};
/** The alternatives of each measurement of a benchmark that measures less, and says so, if servers are missing. */
const ALTERNATIVES: Partial<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  cluster: Object.fromEntries(
    ['events', 'most events', 'fan-out', 'commands'].map((work) => [
      work,
      ['SQLite', 'PostgreSQL', '3-nodes', '3-nodes, through another'],
    ]),
  ),
};
/** Have no measurements: the end-to-end tests make the same attacks. */
const NOT_RUN = ['attacks'];

export type Benchmark = keyof typeof SMALLEST;

/** The benchmark that `npm test` runs; the others are long tests. */
export const QUICKEST: Benchmark = 'growth';

/** The benchmarks that tests run. */
export const BENCHMARKS = Object.keys(SMALLEST) as readonly Benchmark[];

/** The names of all benchmarks for which a smallest load is known or which have no measurements, in order. */
export const LISTED = [...BENCHMARKS, ...NOT_RUN].toSorted();

/** The names of the benchmarks of the repository, in order. */
export const namesOfBenchmarks = (): string[] =>
  readdirSync(BENCH)
    .filter((name) => existsSync(`${BENCH}${name}/run.ts`))
    .toSorted();

/** Runs a benchmark and expects that it measures every alternative. */
export async function expectMeasurements(name: Benchmark): Promise<void> {
  const args = [`${BENCH}run.mjs`, name, ...SMALLEST[name].split(' ')];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  const { results, ...run } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
  expect(run).toEqual({
    benchmark: name,
    commit: expect.stringMatching(/^[0-9a-f]+$/),
    node: process.version,
    cores: expect.any(Number),
  });
  if (stderr.includes('missing')) return void process.stderr.write(stderr);
  expect(Object.keys(results as object).length).toBeGreaterThan(1);
  for (const [work, alternatives] of Object.entries(ALTERNATIVES[name] ?? {}))
    expect(Object.keys((results as Record<string, object>)[work] ?? {})).toEqual(alternatives);
  // A measurement of nothing is NaN, which JSON has no number for.
  expect(JSON.stringify(results)).not.toContain('null');
}
