/** What `sidetone migrate` prints: a row for each table. */
import type { Estimate, TableEstimate } from '../../store/to-postgres/estimate.ts';
import type { MigrationReport, TableCheck } from '../../store/to-postgres/verify.ts';
import type { OutputOptions } from '../frame/options.ts';
import type { Column, Output } from '../frame/output.ts';
import { durationOf } from './progress-text.ts';

const CHECKSUM_DIGITS = 16;

const CHECKS: readonly Column<TableCheck>[] = [
  { title: 'table', value: ({ table }) => table },
  { title: 'sqlite', value: ({ sourceRows }) => sourceRows },
  { title: 'postgresql', value: ({ targetRows }) => targetRows },
  { title: 'replaced', value: ({ changedRows }) => changedRows },
  { title: 'checksum', value: ({ sourceChecksum }) => sourceChecksum.slice(0, CHECKSUM_DIGITS) },
  { title: 'in postgresql', value: ({ targetChecksum }) => targetChecksum.slice(0, CHECKSUM_DIGITS) },
  {
    title: 'result',
    value: ({ isEqual, note }) =>
      `${isEqual ? 'equal' : 'DIFFERENT'}${note === undefined ? '' : `, ${note}`}`,
  },
];

export async function printReport(
  report: MigrationReport,
  { json }: OutputOptions,
  output: Output,
): Promise<void> {
  const { isVerified, problems, notes, tables } = report;
  if (json) return output.result(report, '');
  await output.rows(tables, CHECKS);
  for (const text of [...problems, ...notes]) await output.result(text, text);
  const text = isVerified ? 'Both databases have the same content.' : 'The databases differ.';
  await output.result(text, text);
}

const ESTIMATES: readonly Column<TableEstimate>[] = [
  { title: 'table', value: ({ table }) => table },
  { title: 'rows', value: ({ rows }) => rows },
  { title: 'MB', value: ({ bytes }) => megabytes(bytes) },
  { title: 'seconds', value: ({ ms }) => Math.ceil(ms / 1000) },
];

export async function printEstimate(
  estimate: Estimate,
  { json }: OutputOptions,
  output: Output,
): Promise<void> {
  if (json) return output.result(estimate, '');
  await output.rows(estimate.tables, ESTIMATES);
  await output.result(estimate, textOf(estimate));
}

const textOf = ({ rows, sourceBytes, bytes, ms, continuesAt }: Estimate): string =>
  [
    `${rows} rows: ${megabytes(sourceBytes)} MB in the file, about ${megabytes(bytes)} MB in PostgreSQL.`,
    `At the measured rate, copying and comparing takes ${durationOf(ms)}.`,
    ...(continuesAt === undefined ? [] : [`An interrupted migration continues at ${continuesAt}.`]),
  ].join(' ');

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
