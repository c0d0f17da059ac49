/** `sidetone backup`: copies the database of a daemon, which may be running, and the recordings. */
import { constants, getPriority, setPriority } from 'node:os';
import { createBackup } from '../../store/backup/backup.ts';
import { fileOf } from '../frame/database.ts';
import { untilInterrupted } from '../frame/interruption.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput } from '../frame/output.ts';
import { VERSION } from '../frame/version.ts';

export interface BackupCommandOptions extends OutputOptions {
  readonly database: string;
  readonly recordings?: string;
  readonly force?: boolean;
}

/** Added to the niceness of the process. */
const NICENESS = 10;

/** @throws {FaultError} if the backup cannot be made; nothing is left then. */
export async function backup(file: string, options: BackupCommandOptions): Promise<void> {
  const { recordings, force = false } = options;
  const database = fileOf(
    '--database',
    options.database,
    'back it up with pg_dump, see docs/guide/operate-postgresql.md',
  );
  const output = createOutput(options);
  // The daemon goes first.
  setPriority(Math.min(getPriority() + NICENESS, constants.priority.PRIORITY_LOW));
  await untilInterrupted(async (signal) => {
    const progress = output.progress();
    const manifest = await createBackup({
      database,
      file,
      force,
      version: VERSION,
      signal,
      onProgress: (text) => progress.update(text),
      ...(recordings !== undefined && { recordings }),
    });
    const count = manifest.recordings && Object.keys(manifest.recordings).length;
    const copied = count === undefined ? '' : `, ${count} recordings`;
    progress.end(`database: 100 %${copied}`);
    const megabytes = (manifest.database.bytes / 1e6).toFixed(1);
    const text = `${file}: ${megabytes} MB, events up to ${manifest.database.position}${copied}`;
    await output.result({ file, ...manifest }, text);
  });
}
