/** The processes of a benchmark, and what they consume. Requires Linux. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSecondsOf } from './cpu.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const DAEMON = 'packages/daemon/bin/sidetone.js';
export const SIMULATOR = 'packages/simulator/bin/sidetone-simulator.js';

const EXIT_TIMEOUT_MS = 10_000;

export interface Program {
  readonly pid: number;
  /** The first group of the pattern that its output matched. */
  readonly url: string;
  readonly child: ChildProcess;
  /** The CPU time of all its threads until now, s. */
  cpuSeconds(): number;
  /** The largest resident memory until now, MiB. */
  peakMemory(): number;
  /** Sends SIGTERM and waits for the exit. */
  stop(): Promise<void>;
}

const running = new Set<Program>();

/** A temporary folder, deleted by `stopPrograms`. */
export const benchDir = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));

/**
 * Starts a script of the repository, TypeScript or JavaScript, and waits until its standard output matches. It has a channel
 * for messages (`child.send`).
 */
export async function startProgram(
  script: string,
  args: readonly string[],
  ready: RegExp,
  node: readonly string[] = [],
): Promise<Program> {
  const loader = script.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit', 'ipc'];
  const child = spawn(process.execPath, [...node, ...loader, join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio,
  });
  const program = programOf(child);
  running.add(program);
  child.once('exit', () => running.delete(program));
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = ready.exec(output)?.[1];
      if (url !== undefined) resolve({ ...program, url });
    });
    child.once('exit', () => reject(new Error(`${script} exited: ${output}`)));
  });
}

let configs = 0;

export interface Daemon extends Program {
  /** The file of its database, if it has one. */
  readonly database: string;
}

/**
 * Starts the built daemon with a configuration in YAML, without `storage` and `log`.
 * @param storage default: a new file
 */
export async function startDaemon(
  config: string,
  node: readonly string[] = [],
  storage?: string,
): Promise<Daemon> {
  const base = join(benchDir, `daemon-${++configs}`);
  const database = `${base}.db`;
  const file = `${base}.yaml`;
  writeFileSync(file, `storage: ${storage ?? `{ path: '${database}' }`}\nlog: { level: error }\n${config}`);
  const program = await startProgram(DAEMON, ['start', '--config', file], /listens at (http\S+)/, node);
  return { ...program, database };
}

export const startSimulator = (): Promise<Program> => startProgram(SIMULATOR, [], /"url":"([^"]+)"/);

/** Stops all programs and deletes their files. */
export async function stopPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop()));
  rmSync(benchDir, { recursive: true, force: true });
}

function programOf(child: ChildProcess): Program {
  const pid = child.pid!;
  return {
    pid,
    url: '',
    child,
    cpuSeconds: () => cpuSecondsOf(pid),
    peakMemory() {
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
      return Math.round(Number(peak) / 1024);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_TIMEOUT_MS);
      await exit;
      clearTimeout(timer);
    },
  };
}

/** Sends a message to a program and resolves with its next one. */
export async function request<Response>({ child }: Program, message: object | string): Promise<Response> {
  const response = once(child, 'message');
  child.send(message);
  return (await response)[0] as Response;
}
