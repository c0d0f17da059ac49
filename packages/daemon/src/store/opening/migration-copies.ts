/**
 * Copies of the database as it was before a migration, so that an operator can return to the release before. They contain what
 * is erased from the database later, so they are few, and deleted after some time.
 */
import { chmodSync, constants, copyFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FaultError, type Clock, type Logger } from '@sidetone/core';
import type Sqlite from 'better-sqlite3';
import { freeBytesOfSync } from '../../files/disk-space.ts';
import { PRIVATE_FILE, sync } from './database-file.ts';

/** How long a copy is kept, days. */
export const COPY_DAYS = 30;
/** Space that a copy leaves free on the disk of the database, bytes. */
export const SPARE_BYTES = 64 * 1024 * 1024;

const DAY_MS = 24 * 60 * 60_000;
const DRAFT = '.partial';

interface CheckpointResult {
  readonly busy: number;
}

interface Copy {
  readonly path: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Returns the path of the copy of a database with this number of migrations. */
const pathOf = (file: string, migrations: number): string => `${file}.schema-${migrations}`;

/**
 * Copies a database that only this process uses, and deletes the oldest copies if there are more than `kept`.
 * @throws {FaultError} BACKUP_FAILED if the disk has no space for it, STORE_BUSY, or an error of SQLite or the file system.
 */
export function copyBeforeMigration(
  sqlite: Sqlite.Database,
  file: string,
  migrations: number,
  { kept, log }: { readonly kept: number; readonly log: Pick<Logger, 'info'> | undefined },
): string | undefined {
  if (kept === 0) return undefined;
  expectSpace(file);
  const [result] = sqlite.pragma('wal_checkpoint(TRUNCATE)') as CheckpointResult[];
  if (result?.busy !== 0)
    throw new FaultError(
      'STORE_BUSY',
      `${file}: another program reads it, so it cannot be copied before the migration`,
    );
  const path = pathOf(file, migrations);
  log?.info('copying the database before its migration', { path, bytes: statSync(file).size });
  const draft = path + DRAFT;
  try {
    rmSync(draft, { force: true });
    copyFileSync(file, draft, constants.COPYFILE_FICLONE);
    chmodSync(draft, PRIVATE_FILE);
    sync(draft);
    renameSync(draft, path);
    sync(dirname(path));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  for (const { path: old } of copiesOf(file).slice(kept)) rmSync(old, { force: true });
  return path;
}

function expectSpace(file: string): void {
  const [needed, free] = [statSync(file).size + SPARE_BYTES, freeBytesOfSync(dirname(file))];
  if (needed <= free) return;
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
  throw new FaultError(
    'BACKUP_FAILED',
    `${file}: the copy before the migration needs ${megabytes(needed)} MB, but only ${megabytes(free)} MB are free; storage.migrationCopies: 0 migrates without one`,
  );
}

/** Returns the copies of a database, newest first. */
export function copiesOf(file: string): readonly Copy[] {
  const pattern = /^\.schema-\d+$/;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(basename(file)) && pattern.test(name.slice(basename(file).length)))
    .map((name) => join(dirname(file), name))
    .map((path) => ({ path, at: statSync(path).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
}

/** Deletes copies that are too old, at the start and every day. */
export class CopyRetention {
  readonly #file: string;
  readonly #clock: Pick<Clock, 'now' | 'schedule'>;
  readonly #log: Pick<Logger, 'info' | 'warn'>;
  #cancel = (): void => undefined;

  constructor(file: string, clock: Pick<Clock, 'now' | 'schedule'>, log: Pick<Logger, 'info' | 'warn'>) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#deleteOld();
    this.#cancel = this.#clock.schedule(DAY_MS, () => this.start());
  }

  stop(): void {
    this.#cancel();
  }

  #deleteOld(): void {
    try {
      const limit = this.#clock.now() - COPY_DAYS * DAY_MS;
      for (const { path, at } of copiesOf(this.#file)) {
        if (at >= limit) continue;
        rmSync(path, { force: true });
        this.#log.info('old copy of the database deleted', { path });
      }
    } catch (error) {
      this.#log.warn('deleting old copies of the database failed', { error });
    }
  }
}
