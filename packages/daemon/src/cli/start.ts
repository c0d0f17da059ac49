/** `sidetone start`: runs the daemon. */
import { resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { createPluginCheck } from '../plugins/check-plugins.ts';
import { startDaemon } from '../daemon.ts';
import { openLog } from '../log.ts';
import { handleUncaughtErrors } from '../plugins/supervision/uncaught-errors.ts';
import { systemClock } from '../system-clock.ts';
import { VERSION } from './frame/version.ts';
import { createReload } from './reload.ts';
import { endByHangup, hasTerminal, ShutdownSignals } from './shutdown-signal.ts';

export interface StartOptions {
  readonly config: string;
  readonly port?: number;
}

/** Runs until a signal, or an exception in the daemon's own code. */
export async function start(options: StartOptions): Promise<void> {
  const shutdown = new ShutdownSignals(hasTerminal());
  let reload = (): Promise<void> => Promise.resolve();
  // From the beginning: the default action of the signal would end the process.
  if (!hasTerminal()) process.on('SIGHUP', () => void reload());
  const load = () => loadConfig(options.config, process.env, createPluginCheck(systemClock));
  const { config, baseDir } = await load();
  const server = { ...config.server, port: options.port ?? config.server.port };
  const log = openLog(config.log);
  const uncaught = handleUncaughtErrors(process, log('process'));
  const counts = {
    droppedLogLines: () => log.droppedLines(),
    suppressedErrors: () => uncaught.suppressed,
  };
  const about = {
    version: VERSION,
    node: process.version,
    pid: process.pid,
    config: resolve(options.config),
  };
  let onFenced = (): void => undefined;
  const fenced = new Promise<void>((resolve) => (onFenced = resolve));
  const daemon = await startDaemon({
    config: { ...config, server },
    baseDir,
    log,
    about,
    version: VERSION,
    process: counts,
    onFenced: ({ code, message, remedy }) => {
      log('start').error('another daemon has taken over', { code, reason: message, remedy });
      onFenced();
    },
  });
  reload = createReload({ load, started: config, daemon, log });
  process.stdout.write(`Sidetone listens at ${daemon.url.href}\n`);
  const reason = await Promise.race([
    shutdown.first,
    uncaught.fatal.then(() => 'exception' as const),
    fenced.then(() => 'fenced' as const),
  ]);
  log('start').info('sidetone is stopping', { reason });
  // On a terminal, SIGINT stops it at once.
  if (reason === 'SIGTERM') await shutdown.endedByNext((signal) => daemon.drain(signal));
  await daemon.stop();
  await log.flush();
  if (reason === 'SIGHUP') endByHangup();
  // Timers or handles that a plugin left open must not keep the process running.
  process.exit(reason === 'exception' || reason === 'fenced' ? 1 : 0);
}
