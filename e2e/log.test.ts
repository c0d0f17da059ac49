/** The daemon keeps running while nothing can be written to its log. */
import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempDir } from './support/daemon.ts';

const SIDETONE = fileURLToPath(new URL('../node_modules/@sidetone/daemon/bin/sidetone.js', import.meta.url));
/** One log line of 4 kB each: more than the pipe and the queue can hold. */
const REQUESTS = 350;

/** Starts a daemon whose log goes to `stderr`, and returns the exit code after many log lines and a SIGTERM. */
async function runWith(stderr: 'pipe' | number): Promise<{ statuses: Set<number>; exit: number | null }> {
  const dir = tempDir();
  const config = join(dir, 'sidetone.yaml');
  writeFileSync(
    config,
    `server: { port: 0 }\nstorage: { path: '${join(dir, 'test.db')}' }\nproviders:\n  loud:\n    plugin: './plugin.mjs'\n`,
  );
  writeFileSync(join(dir, 'plugin.mjs'), PLUGIN);
  const stdio: StdioOptions = ['ignore', 'pipe', stderr];
  const child = spawn(process.execPath, [SIDETONE, 'start', '--config', config], { stdio });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let stdout = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const match = /listens at (http\S+)/.exec(stdout);
      if (match) resolve(match[1]!);
    });
    void exited.then(() => reject(new Error(`exited: ${stdout}`)));
  });
  const statuses = new Set<number>();
  for (let n = 0; n < REQUESTS; n++) statuses.add((await fetch(`${url}providers/loud/x`)).status);
  statuses.add((await fetch(`${url}readyz`)).status);
  child.kill('SIGTERM');
  return { statuses, exit: await exited };
}

const PLUGIN = `
export default {
  name: 'loud',
  displayName: 'Loud',
  contract: 1,
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create: (_options, host) => ({
    start: async () => {},
    stop: async () => {},
    ingress: {
      async request() {
        host.log.info('request', { padding: 'x'.repeat(4000) });
        return { status: 200 };
      },
    },
  }),
};
`;

test('a reader that never reads neither blocks nor ends the daemon', async () => {
  expect(await runWith('pipe')).toEqual({ statuses: new Set([200]), exit: 0 });
});

test('a full disk behind the log does not end the daemon', async () => {
  const full = openSync('/dev/full', 'w');
  expect(await runWith(full)).toEqual({ statuses: new Set([200]), exit: 0 });
  closeSync(full);
});
