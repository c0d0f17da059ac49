/**
 * `sidetone dev`: a daemon with one plugin, for its author. After each change the daemon and the audits start again in new
 * processes, because modules cannot be unloaded. The database is in a temporary folder, which the daemons share.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FaultError } from '@sidetone/core';
import { freePort } from '../free-port.ts';
import { shutdownSignal } from '../shutdown-signal.ts';
import { summaryOf } from './card-summary.ts';
import { watchChanges } from './watch-changes.ts';

export interface DevOptions {
  /** 0 selects a free port. */
  readonly port: number;
  readonly options?: string;
}

/** How long a process may take to stop, ms. */
const STOP_TIMEOUT_MS = 5000;

/** Runs until a signal. @throws {FaultError} PLUGIN_NOT_FOUND. */
export async function dev(plugin: string, { port, options }: DevOptions): Promise<void> {
  const signal = shutdownSignal();
  const target = resolve(plugin);
  if (!existsSync(target))
    throw new FaultError('PLUGIN_NOT_FOUND', `plugin ${plugin}: ${target} does not exist`);
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-dev-'));
  const changes = watchChanges(statSync(target).isDirectory() ? target : dirname(target));
  const listenOn = port === 0 ? await freePort() : port;
  const daemonArgs = ['dev', target, `--port=${listenOn}`];
  if (options !== undefined) daemonArgs.push(`--options=${resolve(options)}`);
  try {
    for (let isRunning = true; isRunning;) {
      const daemon = start(daemonArgs, 'inherit', { SIDETONE_DEV_FOLDER: folder });
      const audits = start(['conform', target], 'pipe');
      printCard(audits);
      const change = changes.next();
      isRunning = (await Promise.race([signal.then(() => undefined), change])) !== undefined;
      await Promise.all([stop(daemon), stop(audits)]);
      if (isRunning) process.stdout.write(`\n${await change} changed: starting again\n`);
    }
  } finally {
    changes.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts this program with other arguments. It stops with this process, because its standard input closes. */
function start(
  args: readonly string[],
  output: 'inherit' | 'pipe',
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const [, program = ''] = process.argv;
  return spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['pipe', output, 'inherit'],
    env: { ...process.env, ...env },
  });
}

function printCard(audits: ChildProcess): void {
  let card = '';
  audits.stdout?.setEncoding('utf8').on('data', (text: string) => (card += text));
  // Without a code, it was stopped.
  audits.once('exit', (code) => code !== null && process.stdout.write(`\n${summaryOf(card)}\n`));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
  await exited;
  clearTimeout(kill);
}
