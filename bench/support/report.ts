/** Output of a benchmark: a Markdown table for readers, and a line of JSON for comparisons. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { ROOT } from './programs.ts';

/** One line of the table: values by column. */
export type Row = Readonly<Record<string, string | number>>;

/** Prints a table whose columns are the keys of the first row. */
export function printTable(rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`;
  const lines = [
    columns,
    columns.map(() => '---'),
    ...rows.map((row) => columns.map((column) => row[column] ?? '')),
  ];
  process.stdout.write(`\n${lines.map(line).join('')}`);
}

/** Prints a line of JSON with the results, the commit and the machine. */
export function printJson(benchmark: string, results: unknown): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).trim();
  const machine = { node: process.version, cores: availableParallelism() };
  process.stdout.write(`\n${JSON.stringify({ benchmark, commit, ...machine, results })}\n`);
}

/** The value below which a part of the sorted numbers lies; `part` is between 0 and 1. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(part * (sorted.length - 1))] ?? NaN;
}

/** The median of the measurements of several rounds. */
export const median = (numbers: readonly number[]): number => percentile(numbers, 0.5);
