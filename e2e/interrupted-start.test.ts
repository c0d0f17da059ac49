/** First starts that do not come to their end: the next one succeeds. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startDaemon, tempDir } from './support/daemon.ts';
import { sidetone } from './support/process.ts';

/** Number of starts that are killed. More, to measure: `SIDETONE_KILLED_STARTS=200`. */
const KILLED_STARTS = Number(process.env['SIDETONE_KILLED_STARTS'] ?? 6);
/** Longest time until a start is killed, ms: from its beginning, and from the moment at which it creates the first file. */
const ALL_MS = 1500;
const CREATION_MS = 60;
/** Timeout of a pair of starts on a loaded machine, ms. */
const PAIR_MS = 15_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const dir = tempDir();

function configure(
  name: string,
  folder = join(dir, name),
): { readonly config: string; readonly database: string } {
  mkdirSync(folder, { recursive: true });
  const database = join(folder, 'data', 'sidetone.db');
  const config = join(dir, `${name}.yaml`);
  writeFileSync(config, `server: { port: 0 }\nstorage: { path: '${database}' }\n`);
  return { config, database };
}

const patience = { timeout: 60_000 + KILLED_STARTS * PAIR_MS };

test('a first start that is killed is followed by a successful one', patience, async () => {
  for (let n = 0; n < KILLED_STARTS; n++) {
    const { config, database } = configure(`killed-${n}`);
    const first = sidetone(['start', '--config', config]);
    if (n % 2 === 0) {
      while (!existsSync(`${database}.lock`)) await pause(1);
      await pause(Math.random() * CREATION_MS);
    } else {
      await pause(Math.random() * ALL_MS);
    }
    await first.end('SIGKILL');
    const second = await startDaemon(config);
    expect(await second.end('SIGTERM'), `start ${n}`).toBe(0);
  }
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(canMount)('on a full disk', () => {
  const mount = (...args: string[]): void => void execFileSync('mount', args);

  test.each([16, 48, 96, 160, 240])(
    'with %i KB, a first start fails and leaves nothing that the next one rejects',
    async (kilobytes) => {
      const name = `full-${kilobytes}`;
      const folder = join(dir, name);
      mkdirSync(folder);
      mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder);
      try {
        const { config, database } = configure(name);
        const first = sidetone(['start', '--config', config]);
        expect(await first.exit()).toBe(1);
        expect(first.stderr()).toMatch(/^sidetone: .*sidetone\.db.* \[STORE_WRITE_FAILED\]\n$/m);
        expect(existsSync(database)).toBe(false);
        mount('-o', 'remount,size=8m', folder);
        const second = await startDaemon(config);
        expect(await second.end('SIGTERM')).toBe(0);
      } finally {
        execFileSync('umount', [folder]);
      }
    },
  );

  test('a read-only mount is reported as such', async () => {
    const folder = join(dir, 'read-only');
    mkdirSync(folder);
    mount('-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder);
    try {
      const { config } = configure('read-only');
      await (await startDaemon(config)).end('SIGTERM');
      mount('-o', 'remount,ro', folder);
      const process = sidetone(['start', '--config', config]);
      expect(await process.exit()).toBe(1);
      expect(process.stderr()).toMatch(
        /is on a file system that is mounted read-only\. .* \[STORE_UNREADABLE\]\n$/,
      );
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});
