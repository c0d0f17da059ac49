/** The manifest of a backup: what belongs to it, and how to recognise that it is unchanged. It is written last. */
import { readFileSync } from 'node:fs';
import { FaultError, messageOf } from '@sidetone/core';
import { z } from 'zod';
import type { FileDigest } from '../../files/copy-file.ts';

/** Increase it when a release could misread a manifest of another one. */
const FORMAT = 1;

const digest = { bytes: z.int().min(0), sha256: z.string().regex(/^[\da-f]{64}$/) };
/** A name with a separator would leave the folder. */
const fileName = z.string().regex(/^[\w-][\w.-]*$/);

const Manifest = z.object({
  format: z.literal(FORMAT),
  /** When the backup was begun, ISO 8601. It contains what was stored until then. */
  createdAt: z.string(),
  /** The release that made it. */
  version: z.string(),
  database: z.object({
    ...digest,
    /** The random id of the event log. */
    logId: z.string(),
    /** The id of the newest epoch of the log; null in databases of releases without epochs. */
    epoch: z.string().nullable(),
    /** The position of the newest event. */
    position: z.int().min(0),
    /** Number of migrations that were applied. */
    migrations: z.int().min(0),
  }),
  /** By file name; absent if the backup has no recordings. */
  recordings: z.record(fileName, z.object(digest)).optional(),
});

export type BackupManifest = Readonly<z.infer<typeof Manifest>>;
export type DatabaseState = Omit<BackupManifest['database'], keyof FileDigest>;

/** The files of a backup: the database, and what is beside it. */
export const filesOf = (file: string) => ({
  database: file,
  manifest: `${file}.manifest.json`,
  recordings: `${file}.recordings`,
});

export const encodeManifest = (manifest: Omit<BackupManifest, 'format'>): string =>
  `${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`;

/** @throws {FaultError} BACKUP_INVALID */
export function readManifest(file: string): BackupManifest {
  const { manifest } = filesOf(file);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(manifest, 'utf8'));
  } catch (cause) {
    throw new FaultError('BACKUP_INVALID', `${manifest}: cannot be read (${messageOf(cause)})`, { cause });
  }
  const { success, data } = Manifest.safeParse(value);
  if (!success)
    throw new FaultError('BACKUP_INVALID', `${manifest}: expected a manifest of format ${FORMAT}`);
  return data;
}
