/** Runs the built programs and stops them when the test ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onEnd } from './cleanup.ts';
import { PATIENCE_MS } from './patience.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until standard output matches. */
  saw(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends a signal and resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves with the exit code. */
  exit(): Promise<number | null>;
}

/** Stops a child process when the test ends. */
export function stopOnEnd(child: ChildProcess): void {
  onEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const cut = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(cut);
  });
}

export interface RunOptions {
  /** Default: the root of the repository. */
  readonly cwd?: string;
  /** The user; only root can change it. */
  readonly uid?: number;
  /** Options of Node.js. */
  readonly node?: readonly string[];
}

function run(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
  { cwd = ROOT, node = [], ...options }: RunOptions = {},
): RunningProcess {
  const child = spawn(process.execPath, [...node, `${ROOT}/${script}`, ...args], {
    ...options,
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  stopOnEnd(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
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
          throw new Error(`no output matches ${String(pattern)}\nstdout: ${stdout}\nstderr: ${stderr}`);
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
export const sidetone = (
  args: readonly string[],
  env?: Record<string, string>,
  options?: RunOptions,
): RunningProcess => run('node_modules/@sidetone/daemon/bin/sidetone.js', args, env, options);

export interface SimulatorRun extends RunningProcess {
  readonly url: string;
  /** Sets the daemon as the target of webhooks. */
  pointAt(daemonUrl: string): Promise<void>;
  startCall(provider: 'vapi' | 'vobiz', script: string, behaviour?: Record<string, unknown>): Promise<string>;
  /** Sends a request to the control API. */
  send(method: string, path: string, body: unknown): Promise<unknown>;
  state(providerCallId: string): Promise<SimulatedCall>;
}

export interface SimulatedCall {
  readonly status: string;
  /** Why it ended, in the provider's terms; missing while it is live. */
  readonly endedReason?: string;
  /** Whether all messages about it were sent, including the report. */
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
  /** The sockets of its audio, newest last. */
  readonly streams: readonly { readonly status: 'connecting' | 'open' | 'closed' | 'failed' }[];
  /** The speech that was played; offsets count from the first audio. */
  readonly transcript: readonly {
    readonly speaker: string;
    readonly text: string;
    readonly startMs: number;
    readonly endMs: number;
  }[];
  /** Epoch ms of the answer and of the end, null before. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** Runs the built simulator, without calls. */
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
