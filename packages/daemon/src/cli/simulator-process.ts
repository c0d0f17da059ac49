/** Runs the simulator in a child process. It exits with this process, however that ends, because its standard input closes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FaultError } from '@sidetone/core';
import { findPackage, RUNS_FROM_SOURCE } from '../plugins/find-package.ts';

interface SimulatorProcess {
  /** The environment variables that the demo's configuration uses. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when the process has exited. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

interface SimulatorOptions {
  /** The URL of the daemon, without a trailing slash. */
  readonly daemonUrl: string;
  /** The number of concurrent calls of each provider. */
  readonly calls: number;
}

const READY_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3000;

/** The first line of the simulator's output, as JSON. */
interface ReadyLine {
  readonly vapi: { readonly apiBaseUrl: string };
  readonly vobiz: { readonly apiBaseUrl: string };
  readonly deepgram: { readonly baseUrl: string };
}

/** @throws {FaultError} PLUGIN_NOT_FOUND if it is not installed, PLUGIN_START_TIMEOUT if it does not become ready. */
export async function startSimulator({ daemonUrl, calls }: SimulatorOptions): Promise<SimulatorProcess> {
  const child = spawn(
    process.execPath,
    [
      ...simulatorCommand(),
      '--exit-with-stdin',
      `--calls=${calls}`,
      `--vapi-webhook=${daemonUrl}/providers/vapi/webhook`,
      `--vobiz-answer=${daemonUrl}/providers/vobiz/answer`,
      `--vobiz-hangup=${daemonUrl}/providers/vobiz/hangup`,
    ],
    // In a group of its own: Ctrl-C in a terminal would end it before the daemon, as if it had failed.
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  const exited = once(child, 'exit').then(() => undefined);
  const ready = await readyLine(child, exited);
  return {
    environment: {
      DEMO_VAPI_URL: ready.vapi.apiBaseUrl,
      DEMO_VOBIZ_URL: ready.vobiz.apiBaseUrl,
      DEMO_DEEPGRAM_URL: ready.deepgram.baseUrl,
      DEMO_HOST: new URL(ready.vapi.apiBaseUrl).host,
    },
    exited,
    async stop() {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
      await exited;
      clearTimeout(kill);
    },
  };
}

/** Returns the arguments for Node.js that run the simulator. */
function simulatorCommand(): string[] {
  const entry = findPackage('@sidetone/simulator', [
    fileURLToPath(new URL('.', import.meta.url)),
    process.cwd(),
  ]);
  if (!entry) throw new FaultError('PLUGIN_NOT_FOUND', 'the package @sidetone/simulator is not installed');
  const main = fileURLToPath(new URL(RUNS_FROM_SOURCE ? 'main.ts' : 'main.js', entry));
  return RUNS_FROM_SOURCE ? ['--conditions=@sidetone/source', '--import=tsx', main] : [main];
}

async function readyLine(child: ChildProcess, exited: Promise<void>): Promise<ReadyLine> {
  const lines = createInterface({ input: child.stdout! });
  const line = once(lines, 'line', { signal: AbortSignal.timeout(READY_TIMEOUT_MS) }).then(([text]) =>
    String(text),
  );
  const first = await Promise.race([line.catch(() => undefined), exited.then(() => undefined)]);
  if (first !== undefined) return JSON.parse(first) as ReadyLine;
  child.kill('SIGKILL');
  const message = `the simulator exited, or was not ready within ${READY_TIMEOUT_MS / 1000} s`;
  throw new FaultError('PLUGIN_START_TIMEOUT', message);
}
