import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { startGuarded } from '../../../src/cli/demo-cluster/guarded-process.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('reports the process id, the output and the exit code', async () => {
  const child = await startGuarded({ command: ['sh', '-c', 'echo $$ >&2; exit 3'], signal: 'TERM' });
  expect(await child.exited).toBe(3);
  expect(child.output()).toBe(`${child.pid}\n${child.pid}\n`);
  expect(await child.saw(/another/)).toBe(undefined);
});

test('sends the signal when it is stopped', async () => {
  const script = 'trap "echo terminated; exit 0" TERM; echo ready; while :; do sleep 0.02; done';
  const child = await startGuarded({ command: ['bash', '-c', script], signal: 'TERM' });
  expect(await child.saw(/ready/)).toBe('ready');
  await child.stop();
  expect(child.output()).toMatch(/terminated/);
});

test('a process ends when the one that guards it was killed', async () => {
  const module = new URL('../../../src/cli/demo-cluster/guarded-process.ts', import.meta.url).href;
  const script = `const { startGuarded } = await import(${JSON.stringify(module)});
    const { pid } = await startGuarded({ command: ['sleep', '600'], signal: 'TERM' });
    console.log(pid);`;
  const parent = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script]);
  const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const pid = Number(line);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
});
