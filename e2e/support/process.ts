/** Runs the built programs as a user would, and ends them after each test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until standard output matches. */
  saw(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Waits for the end. */
  exit(): Promise<number | null>;
}

const PATIENCE_MS = 20_000;
const running = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all(
    [...running].map(async (child) => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const cut = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(cut);
    }),
  );
});

function run(script: string, args: readonly string[], env: Record<string, string> = {}): RunningProcess {
  const child = spawn(process.execPath, [`${ROOT}/${script}`, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return {
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    async saw(pattern) {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const match = stdout.match(pattern);
        if (match) return match;
        if (Date.now() > deadline || child.exitCode !== null) {
          throw new Error(`never saw ${String(pattern)}\nstdout: ${stdout}\nstderr: ${stderr}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    end(signal) {
      child.kill(signal);
      return exited;
    },
    exit: () => exited,
  };
}

/** The `sidetone` command of the build. */
export const sidetone = (args: readonly string[], env?: Record<string, string>): RunningProcess =>
  run('node_modules/@sidetone/daemon/bin/sidetone.js', args, env);

export interface SimulatorRun extends RunningProcess {
  readonly url: string;
  /** Tells it where the daemon is. */
  pointAt(daemonUrl: string): Promise<void>;
  startCall(provider: 'vapi' | 'vobiz', script: string, behaviour?: Record<string, unknown>): Promise<string>;
  /** Speaks to its control surface. */
  send(method: string, path: string, body: unknown): Promise<unknown>;
  state(providerCallId: string): Promise<SimulatedCall>;
}

export interface SimulatedCall {
  readonly status: string;
  /** Why it ended, in the provider's words; absent while it lives. */
  readonly endedReason?: string;
  /** Whether all is told about it, its report included. */
  readonly over: boolean;
  readonly said: readonly unknown[];
  readonly commands: readonly string[];
  readonly answers?: readonly {
    readonly outcome: string;
    readonly status?: number;
    readonly body?: unknown;
  }[];
  readonly uplink?: {
    readonly rmsPerSecond: readonly number[];
    readonly largestGapMs: number;
    readonly aheadMs: number;
  };
  readonly muted: Readonly<Record<string, boolean>>;
  /** Every socket of its audio, the newest last. */
  readonly streams: readonly { readonly status: 'connecting' | 'open' | 'closed' | 'failed' }[];
  readonly transcript: readonly { readonly speaker: string; readonly text: string }[];
}

/** The simulator of the build, with no calls until they are asked for. */
export async function simulator(args: readonly string[] = []): Promise<SimulatorRun> {
  const process = run('node_modules/@sidetone/simulator/bin/sidetone-simulator.js', args);
  const [line] = await process.saw(/\{.*"ready".*\}/);
  const { url } = JSON.parse(line) as { url: string };
  const send = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/simulator/${path}`, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    ...process,
    url,
    async pointAt(daemonUrl) {
      await send('PUT', 'targets', {
        vapiWebhook: `${daemonUrl}providers/vapi/webhook`,
        vobizAnswer: `${daemonUrl}providers/vobiz/answer`,
        vobizHangup: `${daemonUrl}providers/vobiz/hangup`,
      });
    },
    send,
    async startCall(provider, script, behaviour = {}) {
      return ((await send('POST', 'calls', { provider, script, behaviour })) as { id: string }).id;
    },
    async state(id) {
      return (await (await fetch(`${url}/simulator/calls/${id}`)).json()) as SimulatedCall;
    },
  };
}
