/** `sidetone demo`: runs the daemon with a simulator of the providers in a second process. */
import { join, relative } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { openLog } from '../log.ts';
import { handleUncaughtErrors } from '../plugins/supervision/uncaught-errors.ts';
import { DEMO_CONFIG } from './demo-files.ts';
import { VERSION } from './frame/version.ts';
import { freePort } from './free-port.ts';
import { startRetention } from './demo-retention.ts';
import { endByHangup, shutdownSignal } from './shutdown-signal.ts';
import { startSimulator } from './simulator-process.ts';

export interface DemoOptions {
  /** 0 selects a free port. */
  readonly port: number;
  readonly calls: number;
  readonly data: string;
}

const HOST = '127.0.0.1';

/** Runs until a signal, an exception in the daemon's own code, or the exit of the simulator. */
export async function demo({ port: requestedPort, calls, data }: DemoOptions): Promise<void> {
  const signal = shutdownSignal();
  const port = requestedPort === 0 ? await freePort() : requestedPort;
  const database = join(data, 'demo.db');
  const recordings = join(data, 'demo-recordings');
  // The simulator starts while the daemon's modules are loaded.
  const [simulator, { startDaemon }] = await Promise.all([
    startSimulator({ daemonUrl: `http://${HOST}:${port}`, calls }),
    import('../daemon.ts'),
  ]);
  let isHungUp = false;
  try {
    const { config, baseDir } = await loadConfig(DEMO_CONFIG, {
      DEMO_DATABASE: database,
      DEMO_RECORDINGS: recordings,
      DEMO_PORT: String(port),
      ...simulator.environment,
    });
    const log = openLog(config.log);
    const { fatal } = handleUncaughtErrors(process, log('process'));
    const daemon = await startDaemon({ config, baseDir, log, version: VERSION });
    const retention = startRetention(
      { folder: recordings, erase: (callId) => daemon.erase(callId) },
      log('demo'),
    );
    process.stdout.write(greeting(daemon.url, database));
    const reason = await Promise.race([
      signal,
      simulator.exited.then(() => 'simulator'),
      fatal.then(() => 'exception'),
    ]);
    if (reason === 'simulator') {
      process.stderr.write('sidetone: the simulator exited, stopping the demo\n');
    }
    await retention.stop();
    await daemon.stop();
    if (reason === 'simulator' || reason === 'exception') process.exitCode = 1;
    isHungUp = reason === 'SIGHUP';
  } finally {
    await simulator.stop();
  }
  if (isHungUp) endByHangup();
}

function greeting(url: URL, database: string): string {
  return `
Sidetone is running with simulated calls of Vapi, Vobiz and Deepgram.

  GraphiQL   ${url.href}graphql
  Dashboard  ${url.href}
  Database   ${relative(process.cwd(), database)}

Press Ctrl-C to stop.
`;
}
