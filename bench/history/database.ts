/** Daemons on generated databases, with a warm or a cold file cache. Requires Linux. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DAEMON, startProgram, type Program } from '../support/programs.ts';
import { generate } from './generate.ts';

export const SECRET = 'benchmark-secret';

export interface History {
  readonly calls: number;
  readonly file: string;
}

/** Generates the database unless the folder has it. */
export function historyOf(calls: number, folder: string): History {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `history-${calls}.db`);
  if (!existsSync(file)) generate({ calls, file });
  return { calls, file };
}

/** Starts a daemon with one provider. `startMs` is the time until it was ready, `startCpuMs` the CPU time. */
export async function startOn({
  file,
}: History): Promise<Program & { readonly startMs: number; readonly startCpuMs: number }> {
  const config = `${file}.yaml`;
  writeFileSync(
    config,
    `server: { port: 0 }
log: { level: error }
storage: { path: '${file}', migrationCopies: 0 }
providers:
  vapi:
    plugin: '@sidetone/plugin-vapi'
    options: { apiKey: key, apiBaseUrl: 'http://127.0.0.1:9', webhook: { secret: ${SECRET} }, sweep: { intervalMs: 0 } }
`,
  );
  const started = performance.now();
  const program = await startProgram(DAEMON, ['start', '--config', config], /listens at (http\S+)/);
  const startMs = performance.now() - started;
  return { ...program, startMs, startCpuMs: program.cpuSeconds() * 1000 };
}

/** Waits until the daemon has added all calls of an older database to the totals. */
export async function untilFilled({ file }: History): Promise<void> {
  const sqlite = new Sqlite(file, { readonly: true });
  const left = sqlite.prepare('select created_at from totals_progress').pluck();
  while (left.get() !== Number.MIN_SAFE_INTEGER) await new Promise((resolve) => setTimeout(resolve, 500));
  sqlite.close();
}

/** Removes the file from the cache of the operating system, as a restart of the machine does. No process may have it open. */
export function dropCache({ file }: History): void {
  execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
    stdio: 'ignore',
  });
}

/** Asks and returns the time until the answer, ms. */
export async function ask(url: string, query: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(new URL('graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: readonly { readonly message: string }[] };
  if (errors) throw new Error(`${query}: ${errors[0]!.message}`);
  return performance.now() - started;
}
