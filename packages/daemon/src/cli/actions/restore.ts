/** `sidetone restore`: restores a backup into a folder without a database, or verifies it. */
import { invalidArgument } from '@sidetone/core';
import { restoreBackup } from '../../store/backup/restore.ts';
import { verifyBackup, type BackupCheck } from '../../store/backup/verify.ts';
import { exitWith } from '../frame/exit-codes.ts';
import { fileOf } from '../frame/database.ts';
import { untilInterrupted } from '../frame/interruption.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput, type Output } from '../frame/output.ts';

export interface RestoreCommandOptions extends OutputOptions {
  readonly to?: string;
  readonly verify?: boolean;
}

/** @throws {FaultError} if the backup cannot be restored; nothing is left then. */
export async function restore(file: string, options: RestoreCommandOptions): Promise<void> {
  const { to: folder, verify = false } = options;
  if (verify === (folder !== undefined))
    throw invalidArgument('sidetone restore', 'expected either `--to <folder>` or `--verify`');
  const instead = 'restore it with pg_restore, see docs/guide/operate-postgresql.md';
  fileOf('the backup', file, instead);
  if (folder !== undefined) fileOf('--to', folder, instead);
  const output = createOutput(options);
  // Nothing is left to remove if a signal ends a verification.
  if (folder === undefined) await verifyFile(file, output);
  else await untilInterrupted((signal) => restoreTo(file, folder, output, signal));
}

async function verifyFile(file: string, output: Output): Promise<void> {
  const progress = output.progress();
  const { isIntact, checks, manifest } = await verifyBackup(file, (text) => progress.update(text));
  progress.end(isIntact ? 'done' : 'failed');
  const made = manifest ? `, made ${manifest.createdAt} by ${manifest.version}` : '';
  const head = `${file}: ${isIntact ? 'intact' : 'not intact'}${made}`;
  await output.result({ file, isIntact, checks, manifest }, [head, ...checks.map(lineOf)].join('\n'));
  if (!isIntact) exitWith('FAILED');
}

const lineOf = ({ check, problems }: BackupCheck): string =>
  `${check}: ${problems.length === 0 ? 'ok' : problems.join('; ')}`;

async function restoreTo(file: string, folder: string, output: Output, signal: AbortSignal): Promise<void> {
  const progress = output.progress();
  const onProgress = (text: string): void => progress.update(text);
  const { database, recordings, manifest, tokens } = await restoreBackup({
    file,
    folder,
    signal,
    onProgress,
  });
  progress.end('done');
  const and = recordings === undefined ? '' : ` and ${recordings}`;
  await output.result(
    { database, recordings, manifest, tokens },
    `${database}${and}: the state of ${manifest.createdAt}, events up to ${manifest.database.position}`,
  );
  if (tokens.length > 0)
    output.info(
      `${tokens.length} access tokens are valid in it, also those that were revoked after the backup: ${tokens.join(', ')}. ` +
        `Revoke the latter: sidetone token revoke <name> --database ${database}`,
    );
}
