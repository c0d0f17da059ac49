/** Runs Caddy with the configuration of the guide in front of a daemon. Tests are skipped if it is not installed. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir, until } from './daemon.ts';
import { stopOnEnd } from './process.ts';

/** Whether Caddy is installed. */
export const hasCaddy = spawnSync('caddy', ['version']).status === 0;
/** A suffix for the names of skipped tests. */
export const CADDY_SKIP_REASON = hasCaddy ? '' : ' (skipped: caddy not found)';

const [, GUIDE] = /```caddyfile\n([^]*?)```/.exec(readFileSync('docs/guide/reverse-proxy.md', 'utf8'))!;

/** Starts Caddy at a port, without TLS. */
export async function startCaddy(port: number, daemonUrl: string): Promise<void> {
  const dir = tempDir();
  const file = join(dir, 'Caddyfile');
  const site = GUIDE!
    .replace('127.0.0.1:4000', new URL(daemonUrl).host)
    .replace('example.com {', `http://127.0.0.1:${port} {`);
  writeFileSync(file, `{\n  admin off\n}\n${site}`);
  const child = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
  });
  stopOnEnd(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`caddy failed: ${errors}`);
    return fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  }, 'caddy to listen');
}
