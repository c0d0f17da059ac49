/** `sidetone migrate`: moves a database from a SQLite file to PostgreSQL, estimates that, or compares both. */
import { invalidArgument } from '@sidetone/core';
import { estimateMigration } from '../../store/to-postgres/estimate.ts';
import { migrateToPostgres, verifyOnly, type MigrationOptions } from '../../store/to-postgres/migrate.ts';
import { exitWith } from '../frame/exit-codes.ts';
import { fileOf } from '../frame/database.ts';
import { untilInterrupted } from '../frame/interruption.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput, type Output } from '../frame/output.ts';
import { MigrationProgressText, durationOf } from '../migration/progress-text.ts';
import { printEstimate, printReport } from '../migration/report.ts';

export interface MigrateCommandOptions extends OutputOptions {
  readonly from: string;
  readonly to: string;
  readonly schema: string;
  readonly dryRun?: boolean;
  readonly verifyOnly?: boolean;
  readonly restart?: boolean;
}

/** @throws {FaultError} if the migration fails; the same command continues it. */
export async function migrate(options: MigrateCommandOptions): Promise<void> {
  const { dryRun = false, verifyOnly: isVerification = false, restart = false } = options;
  if ([dryRun, isVerification, restart].filter(Boolean).length > 1)
    throw invalidArgument(
      'sidetone migrate',
      'expected at most one of --dry-run, --verify-only and --restart',
    );
  fileOf('--from', options.from, 'copy it with pg_dump, see docs/guide/operate-postgresql.md');
  const output = createOutput(options);
  hidePassword(options.to, output);
  await untilInterrupted(async (signal) => {
    if (dryRun) await estimate(options, output, signal);
    else await move(options, output, signal);
  });
}

/** Other users of the machine can see the arguments of a process until its title replaces them. */
function hidePassword(url: string, output: Output): void {
  if (!process.argv.some((argument) => argument.includes(url))) return;
  process.title = 'sidetone migrate';
  if (URL.canParse(url) && new URL(url).password !== '')
    output.info(
      'Other users can have seen the password in --to, and a shell remembers it: pass the URL in SIDETONE_POSTGRES_URL, or the password in PGPASSWORD.',
    );
}

async function move(options: MigrateCommandOptions, output: Output, signal: AbortSignal): Promise<void> {
  const line = output.progress();
  const text = new MigrationProgressText(() => performance.now());
  const update = (): void => line.update(text.text);
  const migration: MigrationOptions = {
    from: options.from,
    to: { url: options.to, schema: options.schema },
    restarts: options.restart ?? false,
    signal,
    now: Date.now,
    onStart: (total, stored) => {
      text.start(total, stored);
      if (stored > 0) output.info(`continues after ${stored} rows`);
    },
    onRows: (table, rows) => {
      text.add(table, rows);
      update();
    },
    onStep: (step) => {
      text.step(step);
      update();
    },
    onVerified: (table, rows) => {
      text.compare(table, rows);
      update();
    },
  };
  const isVerification = options.verifyOnly ?? false;
  const report = await (isVerification ? verifyOnly(migration) : migrateToPostgres(migration));
  line.end(report.isVerified ? `done in ${durationOf(text.elapsedMs)}` : 'failed');
  await printReport(report, options, output);
  if (!report.isVerified) return exitWith('FAILED');
  if (!isVerification)
    output.info('Recordings stay in their folder: the daemon needs the same `recording.path` as before.');
}

async function estimate(options: MigrateCommandOptions, output: Output, signal: AbortSignal): Promise<void> {
  const line = output.progress();
  const measured = await estimateMigration({
    from: options.from,
    to: { url: options.to, schema: options.schema },
    signal,
    onTable: (table) => line.update(table),
  });
  line.end('measured');
  await printEstimate(measured, options, output);
}
