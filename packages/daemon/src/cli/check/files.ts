/** Checks the files of the daemon: the database, the folder of recordings, and the space on their disks. */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FaultError } from '@sidetone/core';
import { freeBytesOf } from '../../files/disk-space.ts';
import type { Config } from '../../config/schema.ts';
import { findUnwritable } from '../../files/folders.ts';
import { MIGRATIONS } from '../../store/database.ts';
import { hasContent, inspect, pathsOf } from '../../store/opening/database-file.ts';
import { openFailure } from '../../store/store-failure.ts';
import { checkPostgres } from './postgres.ts';
import { failureOf, type CheckResult } from './result.ts';

const MEBIBYTE = 1024 * 1024;
/** Free space below which a warning is printed, and below which the check fails, bytes. */
export const FEW_FREE_BYTES = 1024 * MEBIBYTE;
export const TOO_FEW_FREE_BYTES = 100 * MEBIBYTE;

const WRITE_REMEDY = 'Run this check as the user of the daemon, and make the path writable for it.';

export async function checkDatabase({ storage }: Pick<Config, 'storage'>): Promise<CheckResult> {
  const check = 'database';
  if (storage.kind === 'postgres') return checkPostgres(storage);
  const path = resolve(storage.path);
  const problem = findUnwritable([...pathsOf(path), existingParent(path)]);
  if (problem !== undefined) return { check, state: 'FAILED', message: problem, remedy: WRITE_REMEDY };
  if (!hasContent(path))
    return { check, state: 'OK', message: `${path} does not exist, the start creates it` };
  try {
    inspect(path, MIGRATIONS);
  } catch (error) {
    return failureOf(check, openFailure(path, error), 'Restore a backup of the file.');
  }
  const mebibytes = Math.ceil(statSync(path).size / MEBIBYTE);
  return { check, state: 'OK', message: `${path}, ${mebibytes} MiB` };
}

export function checkRecordings(config: Pick<Config, 'recording' | 'providers'>): CheckResult {
  const check = 'recordings';
  const { recording, providers } = config;
  const isOn = recording.enabled || Object.values(providers).some((each) => each.recording.enabled === true);
  if (!isOn) return { check, state: 'SKIPPED', message: 'recording is off' };
  const path = resolve(recording.path);
  const problem = findUnwritable([existingParent(path), path]);
  if (problem !== undefined)
    return failureOf(check, new FaultError('RECORDINGS_UNWRITABLE', problem), WRITE_REMEDY);
  return { check, state: 'OK', message: `${path}, kept as ${recording.storage.toUpperCase()}` };
}

/** Returns a warning for each provider whose requests and messages are captured: that is for a short time. */
export const checkCaptures = ({ providers }: Pick<Config, 'providers'>): readonly CheckResult[] =>
  Object.entries(providers).flatMap(([id, { capture }]): readonly CheckResult[] => {
    if (capture === undefined) return [];
    const [check, path] = [`capture of ${id}`, resolve(capture)];
    const problem = findUnwritable([existingParent(path), path]);
    if (problem !== undefined) return [{ check, state: 'FAILED', message: problem, remedy: WRITE_REMEDY }];
    const message = `requests and messages are written to ${path}`;
    const remedy = `Remove providers.${id}.capture when you have what you need, and delete the file.`;
    return [{ check, state: 'WARNING', message, remedy }];
  });

export async function checkDisk(
  { storage, recording }: Pick<Config, 'storage' | 'recording'>,
  freeBytes: (folder: string) => Promise<number> = freeBytesOf,
): Promise<CheckResult> {
  const check = 'disk';
  const databases = storage.kind === 'sqlite' ? [storage.path] : [];
  const folders = [...new Set([...databases, recording.path].map((path) => existingParent(resolve(path))))];
  const free = await Promise.all(folders.map(freeBytes));
  const least = Math.min(...free);
  const message = folders
    .map((folder, i) => `${Math.floor(free[i]! / MEBIBYTE)} MiB free in ${folder}`)
    .join(', ');
  if (least >= FEW_FREE_BYTES) return { check, state: 'OK', message };
  const remedy = 'Free some space, use another disk, or shorten the retention.';
  return { check, state: least < TOO_FEW_FREE_BYTES ? 'FAILED' : 'WARNING', message, remedy };
}

/** Returns the closest folder that exists. */
function existingParent(path: string): string {
  let folder = path;
  while (!existsSync(folder) || !statSync(folder).isDirectory()) folder = dirname(folder);
  return folder;
}
