/** `sidetone demo`: the daemon as it is, with a simulator of both providers in a process beside it. */
import { createServer, type AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../config/load.ts';
import { startDaemon } from '../daemon.ts';
import { createLog } from '../log.ts';
import { takeStrayErrors } from '../plugins/stray-errors.ts';
import { startSimulator } from './simulator-process.ts';
import { untilSignal } from './until-signal.ts';

export interface DemoOptions {
  readonly port: number;
  readonly calls: number;
  readonly data: string;
}

const DEMO_CONFIG = fileURLToPath(new URL('../../demo/sidetone.yaml', import.meta.url));
const HOST = '127.0.0.1';

/** Runs until it is asked to stop, or the simulator is gone. */
export async function demo({ port: wantedPort, calls, data }: DemoOptions): Promise<void> {
  const asked = untilSignal();
  const port = wantedPort === 0 ? await freePort() : wantedPort;
  const database = join(data, 'demo.db');
  const simulator = await startSimulator({ daemonUrl: `http://${HOST}:${port}`, calls });
  try {
    const { config, baseDir } = await loadConfig(DEMO_CONFIG, {
      DEMO_DATABASE: database,
      DEMO_PORT: String(port),
      ...simulator.environment,
    });
    const log = createLog(config.log.level);
    const { broken } = takeStrayErrors(process, log('process'));
    const daemon = await startDaemon({ config, baseDir, log });
    process.stdout.write(greeting(daemon.url, database));
    const end = await Promise.race([
      asked.then(() => 'asked'),
      simulator.gone.then(() => 'gone'),
      broken.then(() => 'broken'),
    ]);
    if (end === 'gone') process.stderr.write('sidetone: the simulator has ended, so the demo ends.\n');
    await daemon.stop();
    if (end !== 'asked') process.exitCode = 1;
  } finally {
    await simulator.stop();
  }
}

function greeting(url: URL, database: string): string {
  return `
Sidetone is live, with made-up calls at a fake Vapi and a fake Vobiz on this machine.

  GraphiQL   ${url.href}graphql
  Dashboard  ${url.href}
  Kept in    ${relative(process.cwd(), database)}

Ctrl-C ends it.
`;
}

/** A port that is free at this moment: the simulator has to know it before the daemon listens. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, HOST, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
