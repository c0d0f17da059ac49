/** The end of a command by a signal. */
import { afterEach, expect, test, vi } from 'vitest';
import { untilInterrupted } from '../../../src/cli/frame/interruption.ts';

afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s aborts the task, which exits with 130', async (signal) => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await untilInterrupted(async (interrupted) => {
    process.emit(signal);
    interrupted.throwIfAborted();
  });
  expect(process.exitCode).toBe(130);
  expect(written).toHaveBeenCalledWith('sidetone: interrupted\n');
});

test('passes on errors, and leaves no listeners', async () => {
  const listeners = process.listenerCount('SIGINT');
  await expect(untilInterrupted(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});
