import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { findPrograms, type ProgramSearch } from '../../../src/cli/demo-cluster/programs.ts';
import { tempDir } from '../../support/temp-dir.ts';

function folderWith(...names: string[]): string {
  const folder = join(tempDir(), 'bin');
  mkdirSync(folder);
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

const search = (changes: Partial<ProgramSearch>): ProgramSearch => ({
  path: '',
  releases: [],
  folders: [],
  uid: 1000,
  ...changes,
});

test('finds the programs in the search path', () => {
  const [postgres, nats] = [folderWith('initdb', 'postgres'), folderWith('nats-server')];
  expect(findPrograms(search({ path: [tempDir(), nats, postgres].join(delimiter) }))).toEqual({
    initdb: join(postgres, 'initdb'),
    postgres: join(postgres, 'postgres'),
    nats: join(nats, 'nats-server'),
  });
});

test('finds the newest release of PostgreSQL, and nats-server outside of the search path', () => {
  const releases = tempDir();
  for (const release of ['9', '15', '14', 'current']) {
    const bin = join(releases, release, 'bin');
    mkdirSync(bin, { recursive: true });
    for (const name of ['initdb', 'postgres']) writeFileSync(join(bin, name), '', { mode: 0o755 });
  }
  const found = findPrograms(search({ releases: [releases], folders: [folderWith('nats-server')] }));
  expect(found.postgres).toBe(join(releases, '15/bin/postgres'));
});

test('takes postgres and initdb from one folder', () => {
  const [one, other] = [folderWith('postgres', 'nats-server'), folderWith('initdb')];
  expect(() => findPrograms(search({ path: [one, other].join(delimiter) }))).toThrow(
    /not found: PostgreSQL \(postgres and initdb\)$/,
  );
});

test.each<[string, Partial<ProgramSearch>, string]>([
  ['both servers are missing', {}, 'not found: PostgreSQL (postgres and initdb), NATS (nats-server)'],
  [
    'the user is root',
    { path: folderWith('initdb', 'postgres', 'nats-server'), uid: 0 },
    'does not run as root',
  ],
  ['the system is Windows', { uid: undefined }, 'this system cannot run it'],
])('throws a coded error if %s', (_reason, changes, message) => {
  expect(() => findPrograms(search(changes))).toThrow(
    expect.objectContaining({ code: 'DEMO_SERVERS_UNAVAILABLE', message: expect.stringContaining(message) }),
  );
});
