/** The simulator as a process of its own. It ends with us, however we end: its standard input closes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FaultError } from '@sidetone/core';
import { findPackage, RUNS_FROM_SOURCE } from '../plugins/find-package.ts';

export interface SimulatorProcess {
  /** What the demo's configuration takes from it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when the process has ended by itself. */
  readonly gone: Promise<void>;
  stop(): Promise<void>;
}

export interface SimulatorOptions {
  /** The daemon's address, without a slash at its end. */
  readonly daemonUrl: string;
  /** How many calls of each provider are live at any time. */
  readonly calls: number;
}

const READY_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3000;

interface ReadyLine {
  readonly vapi: { readonly apiBaseUrl: string };
  readonly vobiz: { readonly apiBaseUrl: string };
  readonly deepgram: { readonly baseUrl: string };
}

/** @throws {FaultError} PLUGIN_NOT_FOUND when it is not installed, PLUGIN_START_TIMEOUT when it does not get ready. */
export async function startSimulator({ daemonUrl, calls }: SimulatorOptions): Promise<SimulatorProcess> {
  const child = spawn(
    process.execPath,
    [
      ...command(),
      '--exit-with-stdin',
      `--calls=${calls}`,
      `--vapi-webhook=${daemonUrl}/providers/vapi/webhook`,
      `--vobiz-answer=${daemonUrl}/providers/vobiz/answer`,
      `--vobiz-hangup=${daemonUrl}/providers/vobiz/hangup`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const gone = once(child, 'exit').then(() => undefined);
  const ready = await readyLine(child, gone);
  return {
    environment: {
      DEMO_VAPI_URL: ready.vapi.apiBaseUrl,
      DEMO_VOBIZ_URL: ready.vobiz.apiBaseUrl,
      DEMO_DEEPGRAM_URL: ready.deepgram.baseUrl,
      DEMO_HOST: new URL(ready.vapi.apiBaseUrl).host,
    },
    gone,
    async stop() {
      child.kill('SIGTERM');
      const cut = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
      await gone;
      clearTimeout(cut);
    },
  };
}

function command(): string[] {
  const entry = findPackage('@sidetone/simulator', [
    fileURLToPath(new URL('.', import.meta.url)),
    process.cwd(),
  ]);
  if (!entry) throw new FaultError('PLUGIN_NOT_FOUND', 'the package @sidetone/simulator is not installed');
  const main = fileURLToPath(new URL(RUNS_FROM_SOURCE ? 'main.ts' : 'main.js', entry));
  return RUNS_FROM_SOURCE ? ['--conditions=@sidetone/source', '--import=tsx', main] : [main];
}

async function readyLine(child: ChildProcess, gone: Promise<void>): Promise<ReadyLine> {
  const lines = createInterface({ input: child.stdout! });
  const line = once(lines, 'line', { signal: AbortSignal.timeout(READY_TIMEOUT_MS) }).then(([text]) =>
    String(text),
  );
  const first = await Promise.race([line.catch(() => undefined), gone.then(() => undefined)]);
  if (first !== undefined) return JSON.parse(first) as ReadyLine;
  child.kill('SIGKILL');
  throw new FaultError('PLUGIN_START_TIMEOUT', 'the simulator did not get ready');
}
