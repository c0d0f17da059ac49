/** Servers of NATS for tests that stop, pause or restart one, or need other settings than the common one. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Debian installs it where only root looks for programs. */
const CANDIDATES = ['nats-server', '/usr/sbin/nats-server', '/usr/local/bin/nats-server'];
const BINARY = CANDIDATES.find((path) =>
  path.startsWith('/') ? existsSync(path) : spawnSync(path, ['--version']).status === 0,
);

/** Whether tests can start servers. */
export const isNatsInstalled = BINARY !== undefined;

export interface NatsSettings {
  /** Lines of its configuration file. */
  readonly lines?: readonly string[];
  readonly jetStream?: boolean;
  /** A free one by default. */
  readonly port?: number;
}

/** A server that is running, or was. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Of its process; undefined while it is ended. */
  readonly pid: number | undefined;
  /** Sends a signal: `SIGSTOP` pauses the server. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with its data or without. */
  start(options?: { readonly keepData: boolean }): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Starts a server, and resolves when it accepts connections. */
export async function startNats({
  lines = [],
  jetStream = true,
  port,
}: NatsSettings = {}): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sidetone-nats-'));
  const usedPort = port ?? (await freePort());
  const file = join(folder, 'server.conf');
  const data = join(folder, 'data');
  const store = jetStream ? [`jetstream { store_dir: "${data}" }`] : [];
  await writeFile(file, [`listen: "127.0.0.1:${usedPort}"`, ...store, ...lines].join('\n'));
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  }

  async function start({ keepData }: { readonly keepData: boolean } = { keepData: true }): Promise<void> {
    await kill();
    if (!keepData) await rm(data, { recursive: true, force: true });
    const output: string[] = [];
    const started = spawn(BINARY!, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    // Not left behind by a worker that ends early.
    const killWithProcess = (): void => void started.kill('SIGKILL');
    process.once('exit', killWithProcess);
    started.once('exit', () => process.off('exit', killWithProcess));
    started.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    // The last line of a start; with JetStream, it is written after the data was read.
    while (!output.join('').includes('Server is ready')) {
      if (started.exitCode !== null) throw new Error(`nats-server did not start: ${output.join('')}`);
      await pause(5);
    }
    await accepts(usedPort);
  }

  await start();
  return {
    url: `nats://127.0.0.1:${usedPort}`,
    port: usedPort,
    get pid() {
      return child?.pid;
    },
    signal: (signal) => void child?.kill(signal),
    kill,
    start,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function accepts(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
