/**
 * Restores a backup into a folder without a database. Everything is compared with the manifest while it is copied, and the
 * database gets its name last. The daemon that starts with it begins an epoch, so cursors of later events are rejected.
 */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, invalidArgument, isFault, messageOf } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { copyFile, syncFolder, type FileDigest } from '../../files/copy-file.ts';
import { makeFolders, PRIVATE_FOLDER } from '../../files/folders.ts';
import { MIGRATIONS } from '../database.ts';
import { inspect, lock } from '../opening/database-file.ts';
import { openFailure } from '../store-failure.ts';
import { filesOf, readManifest, type BackupManifest } from './manifest.ts';

/** The names of the default configuration. */
const DATABASE = 'sidetone.db';
const RECORDINGS = 'recordings';
/** Suffix of what is not complete. */
const DRAFT = '.partial';

export interface RestoreOptions {
  /** The file of the backup. */
  readonly file: string;
  /** The folder that receives `sidetone.db` and `recordings`. */
  readonly folder: string;
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface Restored {
  readonly database: string;
  /** Absent if the backup has none. */
  readonly recordings?: string;
  readonly manifest: BackupManifest;
  /** The names of the access tokens that are valid in it, also if they were revoked after the backup. */
  readonly tokens: readonly string[];
}

/**
 * @throws {FaultError} STORE_IN_USE if a daemon runs there, INPUT_INVALID if there are files, BACKUP_INVALID, BACKUP_FAILED, or
 * of kind store; or the reason of the signal.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { file, folder, signal } = options;
  const manifest = readManifest(file);
  const database = join(folder, DATABASE);
  const recordings = join(folder, RECORDINGS);
  const unlock = lockFolder(folder, database);
  try {
    expectNoFiles(database, recordings);
    await copyAll(options, manifest, database, recordings);
    const tokens = validTokensIn(database);
    return { database, ...(manifest.recordings && { recordings }), manifest, tokens };
  } catch (error) {
    await rm(database + DRAFT, { force: true });
    await rm(recordings + DRAFT, { recursive: true, force: true });
    if (isFault(error) || signal?.aborted) throw error;
    throw new FaultError('BACKUP_FAILED', `${folder}: ${messageOf(error)}`, { cause: error });
  } finally {
    unlock();
  }
}

function validTokensIn(path: string): readonly string[] {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    const has =
      sqlite.prepare(`select 1 from sqlite_schema where name = 'access_tokens'`).get() !== undefined;
    const valid = 'revoked_at is null and (expires_at is null or expires_at > ?)';
    const names = `select name from access_tokens where ${valid} order by name`;
    return has ? sqlite.prepare<[number], string>(names).pluck().all(Date.now()) : [];
  } finally {
    sqlite.close();
  }
}

function lockFolder(folder: string, database: string): () => void {
  try {
    makeFolders(folder);
    return lock(database);
  } catch (error) {
    throw openFailure(database, error);
  }
}

/** A write-ahead log that another database left would be applied to the restored one. */
function expectNoFiles(database: string, recordings: string): void {
  const found = ['', '-wal', '-shm', '-journal'].map((suffix) => database + suffix).find(existsSync);
  const path =
    found ?? (existsSync(recordings) && readdirSync(recordings).length > 0 ? recordings : undefined);
  if (path !== undefined) throw invalidArgument(path, 'exists already; expected a folder without a database');
}

async function copyAll(
  { file, onProgress, signal }: RestoreOptions,
  manifest: BackupManifest,
  database: string,
  recordings: string,
): Promise<void> {
  const files = filesOf(file);
  const copy = async (source: string, target: string, expected: FileDigest): Promise<void> => {
    if (!existsSync(source)) throw new FaultError('BACKUP_INVALID', `${source}: is missing`);
    const digest = await copyFile(source, target, signal ? { signal } : {});
    if (digest.sha256 !== expected.sha256)
      throw new FaultError('BACKUP_INVALID', `${source}: was changed: its checksum is another one`);
  };
  onProgress?.('database');
  await rm(database + DRAFT, { force: true });
  await rm(recordings + DRAFT, { recursive: true, force: true });
  await copy(files.database, database + DRAFT, manifest.database);
  inspect(database + DRAFT, MIGRATIONS);
  if (manifest.recordings) {
    await mkdir(recordings + DRAFT, PRIVATE_FOLDER);
    const entries = Object.entries(manifest.recordings);
    for (const [index, [name, digest]] of entries.entries()) {
      onProgress?.(`recordings: ${index + 1} of ${entries.length}`);
      await copy(join(files.recordings, name), join(recordings + DRAFT, name), digest);
    }
    await syncFolder(recordings + DRAFT);
    if (existsSync(recordings)) await rmdir(recordings);
    await rename(recordings + DRAFT, recordings);
  }
  await rename(database + DRAFT, database);
  await syncFolder(join(database, '..'));
}
