/** Child processes that end with this one, however that ends: a shell waits until its standard input closes, and then stops them. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';

export interface GuardedProcess {
  readonly pid: number;
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  /** Resolves when its output matches, with the match; undefined if it exits before. */
  saw(pattern: RegExp): Promise<string | undefined>;
  /** The end of its output. */
  output(): string;
  /** Sends the signal, and resolves when it has exited. */
  stop(): Promise<void>;
}

interface GuardedOptions {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What stops it. */
  readonly signal: 'INT' | 'TERM';
}

/** How long a process may take to stop before it is killed. */
const STOP_SECONDS = 15;

/** Prints the process id first. Both streams of the program are its output. */
const SCRIPT = `
signal=$1; shift
exec 3<&0
"$@" 2>&1 3<&- </dev/null &
child=$!
echo "$child"
{
  cat <&3 >/dev/null
  kill -s "$signal" "$child"
  for _ in $(seq ${STOP_SECONDS}); do kill -0 "$child" || exit 0; sleep 1; done
  kill -s KILL "$child"
} >/dev/null 2>&1 &
wait "$child"
`;

/** The end of the output that is kept, characters. */
const KEPT_OUTPUT = 65_536;

/** @throws if there is no shell */
export async function startGuarded({ command, env = {}, signal }: GuardedOptions): Promise<GuardedProcess> {
  const child = spawn('sh', ['-c', SCRIPT, 'sh', signal, ...command], {
    // Ctrl-C in a terminal is for this process alone, which stops the others in order.
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output = new EventEmitter();
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT_OUTPUT);
    output.emit('text');
  });
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close').then(([code]) => code as number | null);
  await once(child, 'spawn');

  async function saw(pattern: RegExp): Promise<string | undefined> {
    const gone = new AbortController();
    void exited.finally(() => gone.abort());
    for (;;) {
      const match = pattern.exec(text);
      if (match) return match[0];
      if (gone.signal.aborted) return undefined;
      await once(output, 'text', { signal: gone.signal }).catch(() => undefined);
    }
  }

  const pid = Number(await saw(/^\d+\n/));
  return {
    pid,
    exited,
    saw,
    output: () => text,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
