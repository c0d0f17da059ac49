/** Runs commands of documents as a reader does: in bash, in a folder with the programs of the build on the path. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir } from './daemon.ts';
import { stopOnEnd } from './process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const PROGRAMS = {
  sidetone: 'node_modules/@sidetone/daemon/bin/sidetone.js',
  'sidetone-simulator': 'node_modules/@sidetone/simulator/bin/sidetone-simulator.js',
} as const;

/** Creates a folder in which the programs are installed, as npm would. */
export function folderWithPrograms(): string {
  const folder = tempDir();
  const bin = join(folder, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(PROGRAMS)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, script)}' "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return folder;
}

/** Returns the environment of commands in such a folder. */
export const environmentOf = (
  folder: string,
  env: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${folder}/node_modules/.bin:${process.env['PATH']}`,
  NODE_OPTIONS: '',
  // Some programs colour their output where CI is set.
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  ...env,
});

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; null if a signal ended it. */
  readonly code: number | null;
}

export interface ShellOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** Ends the command when its output contains this, as Ctrl-C does. */
  readonly until?: RegExp;
  /** Runs the command on a terminal, and gives each answer when its question is shown. */
  readonly answers?: readonly (readonly [question: string, answer: string])[];
}

/** Runs a command and resolves when it has ended. */
export async function shell(
  folder: string,
  command: string,
  { env, input = '', until, answers = [] }: ShellOptions = {},
): Promise<ShellResult> {
  const program =
    answers.length > 0 ? ['script', '-qec', command, '/dev/null'] : ['bash', '-e', '-c', command];
  const child = spawn(program[0]!, program.slice(1), {
    cwd: folder,
    env: { ...environmentOf(folder, env), SHELL: '/bin/bash' },
    stdio: 'pipe',
    detached: until !== undefined,
  });
  stopOnEnd(child);
  const output = { stdout: '', stderr: '' };
  const questions = [...answers];
  let isInterrupted = false;
  const onData = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
    output[name] += chunk.toString();
    const [next] = questions;
    if (next && output.stdout.includes(next[0])) {
      questions.shift();
      child.stdin.write(`${next[1]}\n`);
    }
    if (!until || isInterrupted || !until.test(output.stdout + output.stderr)) return;
    isInterrupted = true;
    process.kill(-child.pid!, 'SIGINT');
  };
  child.stdout.on('data', onData('stdout'));
  child.stderr.on('data', onData('stderr'));
  child.stdin.on('error', () => undefined);
  if (answers.length === 0) child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  return { ...output, code };
}
