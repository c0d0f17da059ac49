/** Runs nginx with the configuration of the guide in front of a daemon. Tests are skipped if it is not installed. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir, until } from './daemon.ts';
import { stopOnEnd } from './process.ts';

const NGINX = process.env['NGINX'] ?? '/usr/sbin/nginx';

/** Whether nginx is installed. */
export const hasNginx = existsSync(NGINX);
/** A suffix for the names of skipped tests. */
export const NGINX_SKIP_REASON = hasNginx ? '' : ' (skipped: nginx not found at /usr/sbin/nginx or $NGINX)';

const [, GUIDE] = /```nginx\n([^]*?)```/.exec(readFileSync('docs/guide/reverse-proxy.md', 'utf8'))!;

/** Starts nginx at a port, and returns the path of its access log. `edit` changes the configuration of the guide. */
export async function startNginx(
  port: number,
  daemonUrl: string,
  edit: (config: string) => string = (config) => config,
): Promise<string> {
  return runNginx(port, edit(GUIDE!).replace('127.0.0.1:4000', new URL(daemonUrl).host));
}

/** Starts nginx with a site at a port, without TLS, and returns the path of its access log. */
export async function runNginx(port: number, text: string): Promise<string> {
  const dir = tempDir();
  const site = text
    .replace('listen 443 ssl', `listen 127.0.0.1:${port}`)
    .replace('/var/log/nginx/sidetone.log', join(dir, 'access.log'))
    .replaceAll(/ *ssl_certificate.*\n/g, '');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(dir, name)};`,
  );
  const file = join(dir, 'nginx.conf');
  // One process without a master: the temporary folder need not be readable for another user.
  writeFileSync(
    file,
    `daemon off;
master_process off;
pid ${join(dir, 'nginx.pid')};
error_log stderr;
events { worker_connections 1024; }
http {
access_log off;
${temporary.join('\n')}
${site}
}
`,
  );
  const child = spawn(NGINX, ['-p', dir, '-c', file, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  stopOnEnd(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`nginx failed: ${errors}`);
    return fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  }, 'nginx to listen');
  return join(dir, 'access.log');
}
