/** The nodes of `sidetone demo --cluster`: processes of `sidetone start`, which are started again when they exit. */
import { setTimeout as delay } from 'node:timers/promises';
import { FaultError } from '@sidetone/core';
import { DEMO_NODE_CONFIG } from '../demo-files.ts';
import { startGuarded, type GuardedProcess } from './guarded-process.ts';

export interface NodeOptions {
  readonly name: string;
  readonly port: number;
  /** Variables of the configuration that all nodes share. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives a line about the node for the user. */
  readonly print: (line: string) => void;
}

export interface DemoNode {
  /** Resolves when its first process listens. @throws {FaultError} DEMO_SERVERS_UNAVAILABLE if it exits before */
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

const RESTART_DELAY_MS = 1000;
const LISTENS = /listens at/;

export function startNode({ name, port, environment, print }: NodeOptions): DemoNode {
  const stopping = new AbortController();
  let current: GuardedProcess | undefined;

  /** Starts a process. Resolves with it when it listens, or has exited. */
  async function run(): Promise<GuardedProcess> {
    const process = await startGuarded({
      command: sidetone(['start', '--config', DEMO_NODE_CONFIG, '--port', String(port)]),
      env: { ...environment, DEMO_NODE: name },
      signal: 'TERM',
    });
    current = process;
    if (stopping.signal.aborted) await process.stop();
    const listens = await process.saw(LISTENS);
    if (listens !== undefined) print(`  ${name}     http://127.0.0.1:${port}/   process ${process.pid}`);
    return process;
  }

  const first = run();
  const started = (async () => {
    const output = (await first).output();
    if (!LISTENS.test(output))
      throw new FaultError('DEMO_SERVERS_UNAVAILABLE', `${name} did not start: ${output}`);
  })();
  const running = (async () => {
    let process = await first;
    for (;;) {
      await process.exited;
      if (stopping.signal.aborted) return;
      print(`  ${name} has exited, and starts again`);
      await delay(RESTART_DELAY_MS);
      process = await run();
    }
  })();
  // Reported by `started`.
  running.catch(() => undefined);
  return {
    started,
    async stop() {
      stopping.abort();
      await current?.stop();
      await running.catch(() => undefined);
    },
  };
}

/** The command line of this program with other arguments. */
const sidetone = (args: readonly string[]): string[] => [
  globalThis.process.execPath,
  ...globalThis.process.execArgv,
  globalThis.process.argv[1]!,
  ...args,
];
