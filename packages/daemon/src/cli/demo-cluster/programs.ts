/** The programs that `sidetone demo --cluster` needs, where systems install them. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { FaultError } from '@sidetone/core';

/** The paths of the programs. */
export interface ServerPrograms {
  readonly initdb: string;
  readonly postgres: string;
  readonly nats: string;
}

export interface ProgramSearch {
  /** The search path. */
  readonly path: string;
  /** Folders with a folder for each release of PostgreSQL, as Debian has one. */
  readonly releases: readonly string[];
  /** More folders with programs: Debian installs nats-server where only root looks for programs. */
  readonly folders: readonly string[];
  /** The id of the user; undefined on Windows. */
  readonly uid: number | undefined;
}

export const SYSTEM_SEARCH = (): ProgramSearch => ({
  path: process.env['PATH'] ?? '',
  releases: ['/usr/lib/postgresql'],
  folders: ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'],
  uid: process.getuid?.(),
});

/** @throws {FaultError} DEMO_SERVERS_UNAVAILABLE, which names what is missing */
export function findPrograms(search: ProgramSearch): ServerPrograms {
  if (search.uid === undefined) throw unavailable('this system cannot run it');
  const folders = [...search.path.split(delimiter).filter(Boolean), ...search.folders];
  const releases = search.releases.flatMap(releaseFolders);
  // Both of one release: a data folder belongs to a release.
  const postgresFolder = [...releases, ...folders].find(
    (folder) => isProgram(join(folder, 'initdb')) && isProgram(join(folder, 'postgres')),
  );
  const natsFolder = folders.find((folder) => isProgram(join(folder, 'nats-server')));
  const missing = [
    ...(postgresFolder === undefined ? ['PostgreSQL (postgres and initdb)'] : []),
    ...(natsFolder === undefined ? ['NATS (nats-server)'] : []),
  ];
  if (postgresFolder === undefined || natsFolder === undefined)
    throw unavailable(`not found: ${missing.join(', ')}`);
  if (search.uid === 0) throw unavailable('PostgreSQL does not run as root');
  return {
    initdb: join(postgresFolder, 'initdb'),
    postgres: join(postgresFolder, 'postgres'),
    nats: join(natsFolder, 'nats-server'),
  };
}

const unavailable = (reason: string): FaultError =>
  new FaultError('DEMO_SERVERS_UNAVAILABLE', `the demo of a cluster cannot start: ${reason}`);

/** The folders of programs of all releases, the newest first. */
function releaseFolders(root: string): string[] {
  try {
    const releases = readdirSync(root).filter((name) => /^\d+$/.test(name));
    return releases.toSorted((a, b) => Number(b) - Number(a)).map((name) => join(root, name, 'bin'));
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
