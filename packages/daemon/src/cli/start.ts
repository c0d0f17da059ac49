/** `sidetone start`: runs the daemon. */
import { loadConfig } from '../config/load.ts';
import { createPluginCheck } from '../plugins/check-plugins.ts';
import { startDaemon } from '../daemon.ts';
import { createLog } from '../log.ts';
import { handleUncaughtErrors } from '../plugins/supervision/uncaught-errors.ts';
import { systemClock } from '../system-clock.ts';
import { shutdownSignal } from './shutdown-signal.ts';

export interface StartOptions {
  readonly config: string;
  readonly port?: number;
}

/** Runs until a signal, or an exception in the daemon's own code. */
export async function start(options: StartOptions): Promise<void> {
  const signal = shutdownSignal();
  const { config, baseDir } = await loadConfig(options.config, process.env, createPluginCheck(systemClock));
  const server = { ...config.server, port: options.port ?? config.server.port };
  const log = createLog(config.log.level);
  const { fatal } = handleUncaughtErrors(process, log('process'));
  const daemon = await startDaemon({ config: { ...config, server }, baseDir, log });
  process.stdout.write(`Sidetone listens at ${daemon.url.href}\n`);
  const hasFailed = await Promise.race([signal.then(() => false), fatal.then(() => true)]);
  await daemon.stop();
  await log.flush();
  // Timers or handles that a plugin left open must not keep the process running.
  process.exit(hasFailed ? 1 : 0);
}
