/** `sidetone start`. */
import { loadConfig } from '../config/load.ts';
import { startDaemon } from '../daemon.ts';
import { createLog } from '../log.ts';
import { handleUncaughtErrors } from '../plugins/supervision/uncaught-errors.ts';
import { untilSignal } from './until-signal.ts';

export interface StartOptions {
  readonly config: string;
  readonly port?: number;
}

/** Runs until it is asked to stop, or cannot be trusted any longer. */
export async function start(options: StartOptions): Promise<void> {
  const asked = untilSignal();
  const { config, baseDir } = await loadConfig(options.config, process.env);
  const server = { ...config.server, port: options.port ?? config.server.port };
  const log = createLog(config.log.level);
  const { fatal } = handleUncaughtErrors(process, log('process'));
  const daemon = await startDaemon({ config: { ...config, server }, baseDir, log });
  process.stdout.write(`Sidetone listens at ${daemon.url.href}\n`);
  const isBroken = await Promise.race([asked.then(() => false), fatal.then(() => true)]);
  await daemon.stop();
  // What a plugin has left behind must not keep the process.
  process.exit(isBroken ? 1 : 0);
}
