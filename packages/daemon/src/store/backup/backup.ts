/**
 * Backs up a database, which a daemon may be using, and the recordings of its calls. All files have other names until they are
 * complete and on the disk; a backup that fails leaves none.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FaultError, invalidArgument, isFault, messageOf } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { freeBytesOf } from '../../files/disk-space.ts';
import { copyFile, digestFile, PRIVATE_FILE, syncFolder, type FileDigest } from '../../files/copy-file.ts';
import { makeFolders, PRIVATE_FOLDER } from '../../files/folders.ts';
import { MIGRATIONS } from '../database.ts';
import { inspect } from '../opening/database-file.ts';
import { openFailure } from '../store-failure.ts';
import { copyDatabase, readState } from './database-copy.ts';
import { encodeManifest, filesOf, type BackupManifest } from './manifest.ts';

/** Space that a backup leaves free on its disk, bytes: it may be the disk of the daemon. */
export const SPARE_BYTES = 64 * 1024 * 1024;

export interface BackupOptions {
  /** The database file. */
  readonly database: string;
  /** The file of the backup; the manifest and the recordings are beside it. */
  readonly file: string;
  /** The folder of the recordings. Without it, none are copied. */
  readonly recordings?: string;
  /** Replaces an earlier backup. */
  readonly force?: boolean;
  /** Of this release. */
  readonly version: string;
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** @throws {FaultError} INPUT_INVALID if the file exists, BACKUP_FAILED, or of kind store; or the reason of the signal. */
export async function createBackup(options: BackupOptions): Promise<BackupManifest> {
  const { file, force = false, signal } = options;
  const files = filesOf(file);
  expectReplaceable(files, force);
  checkDatabase(options.database);
  const drafts = filesOf(`${file}.${randomBytes(4).toString('hex')}.partial`);
  try {
    makeFolders(dirname(file));
    await expectSpace(options);
    const manifest = await writeDrafts(options, drafts);
    signal?.throwIfAborted();
    await publish(drafts, files);
    return manifest;
  } catch (error) {
    for (const path of Object.values(drafts)) await rm(path, { recursive: true, force: true });
    await rm(`${drafts.database}-journal`, { force: true });
    if (isFault(error) || signal?.aborted) throw error;
    throw new FaultError('BACKUP_FAILED', `${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** With `force`, only a backup is replaced: the file could be the database itself. */
function expectReplaceable(files: ReturnType<typeof filesOf>, force: boolean): void {
  const found = Object.values(files).find(existsSync);
  if (found === undefined) return;
  if (!force) throw invalidArgument(found, 'exists already; `--force` replaces an earlier backup');
  if (!existsSync(files.manifest))
    throw invalidArgument(found, `is not replaced: it is no complete backup, ${files.manifest} is missing`);
}

/** @throws {FaultError} of kind store. */
function checkDatabase(path: string): void {
  try {
    if (!existsSync(path)) throw new FaultError('STORE_UNREADABLE', `${path}: does not exist`);
    inspect(path, MIGRATIONS);
  } catch (error) {
    throw openFailure(path, error);
  }
}

async function expectSpace({ database, file }: BackupOptions): Promise<void> {
  const [{ size }, available] = await Promise.all([stat(database), freeBytesOf(dirname(file))]);
  const free = available - SPARE_BYTES;
  if (size <= free) return;
  const [needed, found] = [size, Math.max(free, 0)].map(megabytes);
  throw new FaultError('BACKUP_FAILED', `${file}: needs ${needed} MB, but only ${found} MB are free`);
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

async function writeDrafts(
  { database, recordings, version, onProgress, signal }: BackupOptions,
  drafts: ReturnType<typeof filesOf>,
): Promise<BackupManifest> {
  const createdAt = new Date().toISOString();
  const cancellation = signal ? { signal } : {};
  await copyDatabase(database, drafts.database, {
    onProgress: (part) => onProgress?.(`database: ${Math.floor(100 * part)} %`),
    ...cancellation,
  });
  const sqlite = new Sqlite(drafts.database, { readonly: true });
  const state = readState(sqlite);
  const callIds = recordings === undefined ? [] : recordingsIn(sqlite);
  sqlite.close();
  const digest = await digestFile(drafts.database, cancellation);
  const copies =
    recordings === undefined
      ? undefined
      : await copyRecordings(recordings, drafts.recordings, callIds, { onProgress, ...cancellation });
  const manifest = {
    createdAt,
    version,
    database: { ...digest, ...state },
    ...(copies && { recordings: copies }),
  };
  await writeFile(drafts.manifest, encodeManifest(manifest), {
    mode: PRIVATE_FILE,
    flag: 'wx',
    flush: true,
  });
  return { format: 1, ...manifest };
}

/** The calls with recordings that the copied database knows. */
function recordingsIn(sqlite: Sqlite.Database): readonly string[] {
  const exists = sqlite.prepare(`select 1 from sqlite_schema where name = 'recordings'`).get();
  if (!exists) return [];
  return sqlite.prepare<[], string>('select call_id from recordings order by call_id').pluck().all();
}

/**
 * Copies what each file contains now: that of a live call continues after the snapshot of the database, and its header is corrected
 * by the daemon that starts with the restored files. A file that was erased meanwhile is left out. One that was compressed meanwhile is
 * copied as FLAC: it exists before the WAV file is deleted.
 */
async function copyRecordings(
  folder: string,
  target: string,
  callIds: readonly string[],
  { onProgress, signal }: { readonly onProgress: BackupOptions['onProgress']; readonly signal?: AbortSignal },
): Promise<Record<string, FileDigest>> {
  await mkdir(target, PRIVATE_FOLDER);
  const digests: Record<string, FileDigest> = {};
  for (const [index, callId] of callIds.entries()) {
    onProgress?.(`recordings: ${index + 1} of ${callIds.length}`);
    for (const name of [`${callId}.wav`, `${callId}.flac`]) {
      const digest = await copyIfExists(join(folder, name), join(target, name), signal);
      if (!digest) continue;
      digests[name] = digest;
      break;
    }
  }
  await syncFolder(target);
  return digests;
}

async function copyIfExists(
  source: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<FileDigest | undefined> {
  try {
    return await copyFile(source, target, { isGentle: true, ...(signal && { signal }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Gives the files their names, the manifest last: without it, or with an old one, the files are no backup. */
async function publish(drafts: ReturnType<typeof filesOf>, files: ReturnType<typeof filesOf>): Promise<void> {
  await rm(files.manifest, { force: true });
  await rm(files.recordings, { recursive: true, force: true });
  if (existsSync(drafts.recordings)) await rename(drafts.recordings, files.recordings);
  await rename(drafts.database, files.database);
  await rename(drafts.manifest, files.manifest);
  await syncFolder(dirname(files.database));
}
