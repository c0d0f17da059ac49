/** PostgreSQL and NATS of `sidetone demo --cluster`, on free ports of loopback, with their data in the folder of the demo. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FaultError } from '@sidetone/core';
import { freePort } from '../free-port.ts';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';
import type { ServerPrograms } from './programs.ts';

const run = promisify(execFile);

const HOST = '127.0.0.1';
const USER = 'sidetone';
/** A database that `initdb` creates. */
const DATABASE = 'postgres';

export interface DemoServers {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  stop(): Promise<void>;
}

/** Starts both. @throws {FaultError} DEMO_SERVERS_UNAVAILABLE if one does not start */
export async function startServers(programs: ServerPrograms, folder: string): Promise<DemoServers> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const postgres = await startPostgres(programs, folder);
  try {
    const nats = await startNats(programs.nats, join(folder, 'nats'));
    return {
      databaseUrl: postgres.url,
      natsUrl: nats.url,
      stop: async () => {
        await Promise.all([nats.process.stop(), postgres.process.stop()]);
      },
    };
  } catch (error) {
    await postgres.process.stop();
    throw error;
  }
}

interface Server {
  readonly url: string;
  readonly process: GuardedProcess;
}

async function startPostgres({ initdb, postgres }: ServerPrograms, folder: string): Promise<Server> {
  const data = join(folder, 'postgres');
  const passwordFile = join(folder, 'postgres-password');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    await writeFile(passwordFile, randomBytes(18).toString('hex'), { mode: 0o600 });
    const settings = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C'];
    await run(initdb, ['--pgdata', data, '--username', USER, ...settings]).catch((error: unknown) => {
      throw unavailable('initdb failed', error);
    });
  }
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const port = await freePort();
  const settings = [`listen_addresses=${HOST}`, 'unix_socket_directories=', 'max_connections=100'];
  const process = await startGuarded({
    command: [postgres, '-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])],
    // Fast shutdown: sessions are ended.
    signal: 'INT',
  });
  await ready(process, /ready to accept connections/, 'PostgreSQL');
  return { url: `postgres://${USER}:${password}@${HOST}:${port}/${DATABASE}`, process };
}

async function startNats(program: string, data: string): Promise<Server> {
  const port = await freePort();
  const command = [program, '--addr', HOST, '--port', String(port), '--jetstream', '--store_dir', data];
  const process = await startGuarded({ command, signal: 'TERM' });
  await ready(process, /Server is ready/, 'NATS');
  return { url: `nats://${HOST}:${port}`, process };
}

async function ready(process: GuardedProcess, pattern: RegExp, name: string): Promise<void> {
  if ((await process.saw(pattern)) === undefined)
    throw unavailable(`${name} exited at its start: ${process.output()}`);
}

const unavailable = (reason: string, cause?: unknown): FaultError =>
  new FaultError('DEMO_SERVERS_UNAVAILABLE', `the demo of a cluster cannot start: ${reason}`, { cause });
