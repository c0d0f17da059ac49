/** What a command prints: tables for people, JSON lines for programs, progress on terminals. */
import { once } from 'node:events';
import { createProgressLine, type ProgressLine } from './progress.ts';
import type { OutputOptions } from './options.ts';

export interface Column<Row> {
  readonly title: string;
  /** Null and undefined are printed as `-`. */
  readonly value: (row: Row) => string | number | null | undefined;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'once'> & { readonly isTTY?: boolean };

export interface Output {
  /** Prints a result: a JSON line, or the text. Waits for a slow reader. */
  result(value: unknown, text: string): Promise<void>;
  /** Prints a JSON line for each row, or a table. */
  rows<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Promise<void>;
  /** Prints what is neither a result nor an error; not with `--json` or `--quiet`. */
  info(text: string): void;
  /** Shows the progress on standard error; nothing with `--json` or `--quiet`. */
  progress(): ProgressLine;
}

const NO_PROGRESS: ProgressLine = { update: () => undefined, end: () => undefined };

/** Control characters, which would change the state of a terminal. Texts can come from callers. */
// oxlint-disable-next-line no-control-regex -- it is what the pattern is about
const CONTROL_CHARACTERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** Returns a text without the characters that a terminal would execute. */
export const printable = (text: string): string => text.replaceAll(CONTROL_CHARACTERS, ' ');

export function createOutput(
  { json = false, quiet = false }: OutputOptions,
  stdout: Stream = process.stdout,
  stderr: Stream = process.stderr,
): Output {
  const isSilent = json || quiet;
  async function print(text: string): Promise<void> {
    if (!stdout.write(`${text}\n`)) await once(stdout as NodeJS.WriteStream, 'drain');
  }
  return {
    result: (value, text) => print(json ? JSON.stringify(value) : printable(text)),
    async rows(rows, columns) {
      if (json) for (const row of rows) await print(JSON.stringify(row));
      else if (rows.length > 0) await print(tableOf(rows, columns));
      else if (!quiet) stderr.write('nothing found\n');
    },
    info(text) {
      if (!isSilent) stderr.write(`${printable(text)}\n`);
    },
    progress: () => (isSilent ? NO_PROGRESS : createProgressLine(stderr)),
  };
}

/** Returns rows below their titles. Numbers are aligned to the right. Pure. */
export function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ value }) => printable(String(value(row) ?? '-'))));
  const isNumber = columns.map(({ value }) => rows.every((row) => typeof (value(row) ?? 0) === 'number'));
  const titles = columns.map(({ title }) => title.toUpperCase());
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [titles, ...cells].map(lineOf).join('\n');
}
