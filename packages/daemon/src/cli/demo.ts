/** `sidetone demo`: the daemon as it is, with a simulator of both providers in a process beside it. */
import { createServer, type AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, type Logger } from '@sidetone/core';
import { loadConfig } from '../config/load.ts';
import type { Daemon } from '../daemon.ts';
import { createLog } from '../log.ts';
import { handleUncaughtErrors } from '../plugins/supervision/uncaught-errors.ts';
import { makeRoom, MAX_RECORDED_BYTES, ROOM_EVERY_MS } from './demo-room.ts';
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
  const recordings = join(data, 'demo-recordings');
  // The simulator starts while the daemon's modules are loaded.
  const [simulator, { startDaemon }] = await Promise.all([
    startSimulator({ daemonUrl: `http://${HOST}:${port}`, calls }),
    import('../daemon.ts'),
  ]);
  try {
    const { config, baseDir } = await loadConfig(DEMO_CONFIG, {
      DEMO_DATABASE: database,
      DEMO_RECORDINGS: recordings,
      DEMO_PORT: String(port),
      ...simulator.environment,
    });
    const log = createLog(config.log.level);
    const { fatal } = handleUncaughtErrors(process, log('process'));
    const daemon = await startDaemon({ config, baseDir, log });
    const room = keepRoom(recordings, daemon, log('demo'));
    process.stdout.write(greeting(daemon.url, database));
    const end = await Promise.race([
      asked.then(() => 'asked'),
      simulator.gone.then(() => 'gone'),
      fatal.then(() => 'broken'),
    ]);
    if (end === 'gone') process.stderr.write('sidetone: the simulator has ended, so the demo ends.\n');
    await room.stop();
    await daemon.stop();
    if (end !== 'asked') process.exitCode = 1;
  } finally {
    await simulator.stop();
  }
}

/** Looks after the disk until it is stopped. */
function keepRoom(folder: string, daemon: Pick<Daemon, 'erase'>, log: Logger): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const look = (): Promise<void> =>
    makeRoom({ folder, maxBytes: MAX_RECORDED_BYTES, erase: (callId) => daemon.erase(callId) }).catch(
      (error: unknown) => log.warn('the recordings cannot be made fewer', { reason: messageOf(error) }),
    );
  const timer = setInterval(() => void (running = running.then(look)), ROOM_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}

function greeting(url: URL, database: string): string {
  return `
Sidetone is live, with made-up calls at a fake Vapi, Vobiz and Deepgram on this machine.

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
