/** Checks a backup without changing it: its checksums, the database in it, and the chain of its audit log. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isFault, messageOf } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { digestFile, type FileDigest } from '../../files/copy-file.ts';
import { createAuditReader } from '../audit/reader.ts';
import { MIGRATIONS } from '../database.ts';
import { inspect } from '../opening/database-file.ts';
import { readState } from './database-copy.ts';
import { filesOf, readManifest, type BackupManifest } from './manifest.ts';

/** Most problems of the database that are listed. */
const MAX_PROBLEMS = 10;

export interface BackupCheck {
  readonly check: 'manifest' | 'checksum' | 'recordings' | 'schema' | 'integrity' | 'audit log';
  /** What is wrong; empty if nothing is. */
  readonly problems: readonly string[];
}

export interface Verification {
  readonly isIntact: boolean;
  readonly checks: readonly BackupCheck[];
  readonly manifest?: BackupManifest;
}

type OnProgress = (text: string) => void;

/** The check of a large database takes minutes in one statement, which no signal can abort. */
export async function verifyBackup(
  file: string,
  onProgress: OnProgress = () => undefined,
): Promise<Verification> {
  let manifest: BackupManifest;
  try {
    manifest = readManifest(file);
  } catch (error) {
    if (!isFault(error)) throw error;
    return { isIntact: false, checks: [{ check: 'manifest', problems: [error.message] }] };
  }
  const checks: BackupCheck[] = [{ check: 'manifest', problems: [] }];
  const files = filesOf(file);
  onProgress('checksum of the database');
  checks.push({ check: 'checksum', problems: await problemsOf(files.database, manifest.database) });
  if (manifest.recordings)
    checks.push({
      check: 'recordings',
      problems: await recordingProblems(files.recordings, manifest.recordings, onProgress),
    });
  onProgress('integrity of the database');
  if (existsSync(files.database)) checks.push(...databaseChecks(files.database, manifest));
  return { isIntact: checks.every(({ problems }) => problems.length === 0), checks, manifest };
}

async function recordingProblems(
  folder: string,
  digests: Readonly<Record<string, FileDigest>>,
  onProgress: OnProgress,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const entries = Object.entries(digests);
  for (const [index, [name, digest]] of entries.entries()) {
    onProgress(`recordings: ${index + 1} of ${entries.length}`);
    problems.push(...(await problemsOf(join(folder, name), digest)));
  }
  return problems;
}

/** Compares a file with its digest. */
async function problemsOf(path: string, { bytes, sha256 }: FileDigest): Promise<readonly string[]> {
  try {
    const found = await digestFile(path);
    if (found.bytes !== bytes) return [`${path}: expected ${bytes} bytes, found ${found.bytes}`];
    return found.sha256 === sha256 ? [] : [`${path}: was changed: its checksum is another one`];
  } catch (error) {
    return [`${path}: cannot be read (${messageOf(error)})`];
  }
}

type Task = (sqlite: Sqlite.Database) => readonly string[];

function databaseChecks(path: string, manifest: BackupManifest): readonly BackupCheck[] {
  const run = (check: BackupCheck['check'], task: Task): BackupCheck => {
    try {
      // A writable connection would create files beside a damaged one.
      const sqlite = new Sqlite(path, { readonly: true, fileMustExist: true });
      try {
        return { check, problems: task(sqlite) };
      } finally {
        sqlite.close();
      }
    } catch (error) {
      return { check, problems: [`${path}: ${messageOf(error)}`] };
    }
  };
  return [
    run('schema', (sqlite) => schemaProblems(sqlite, path, manifest)),
    run('integrity', integrityProblems),
    run('audit log', auditProblems),
  ];
}

function schemaProblems(
  sqlite: Sqlite.Database,
  path: string,
  { database }: BackupManifest,
): readonly string[] {
  inspect(path, MIGRATIONS);
  const state = readState(sqlite);
  const names = ['logId', 'epoch', 'position', 'migrations'] as const;
  return names
    .filter((name) => state[name] !== database[name])
    .map((name) => `${name}: expected ${database[name]}, found ${state[name]}`);
}

function integrityProblems(sqlite: Sqlite.Database): readonly string[] {
  const rows = sqlite.pragma(`integrity_check(${MAX_PROBLEMS})`) as { readonly integrity_check: string }[];
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok');
}

/** Databases of the first releases have no audit log. */
function auditProblems(sqlite: Sqlite.Database): readonly string[] {
  const exists = sqlite.prepare(`select 1 from sqlite_schema where name = 'audit_log'`).get();
  if (!exists) return [];
  const { intact, brokenAt } = createAuditReader(sqlite).verify();
  return intact ? [] : [`entry ${brokenAt}: was changed, or is missing`];
}
