import { afterEach, expect, test, vi } from 'vitest';
import { shutdownSignal, ShutdownSignals } from '../../src/cli/shutdown-signal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = SIGNALS.map((signal) => process.listeners(signal));

afterEach(() => {
  SIGNALS.forEach((signal, i) => {
    for (const listener of process.listeners(signal))
      if (!before[i]!.includes(listener)) process.off(signal, listener);
  });
  vi.restoreAllMocks();
});

/** Sends a signal to the listeners only. */
const send = (signal: NodeJS.Signals): boolean => process.emit(signal, signal);

test.each(SIGNALS)('%s shuts down', async (signal) => {
  const received = shutdownSignal(true);
  send(signal);
  expect(await received).toBe(signal);
});

test('a second SIGHUP, which a closed terminal and its shell send, does not cut the shutdown short', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  const received = shutdownSignal(true);
  send('SIGHUP');
  send('SIGHUP');
  expect(await received).toBe('SIGHUP');
  expect(exit).not.toHaveBeenCalled();
  send('SIGTERM');
  send('SIGTERM');
  expect(exit).toHaveBeenCalledWith(130);
});

test('the second signal ends what waits before the stop, and the third one the process', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  const signals = new ShutdownSignals();
  send('SIGTERM');
  expect(await signals.first).toBe('SIGTERM');
  const waited = signals.endedByNext(
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  );
  send('SIGTERM');
  await waited;
  expect(exit).not.toHaveBeenCalled();
  send('SIGTERM');
  expect(exit).toHaveBeenCalledWith(130);
});

test('SIGHUP is left to others if it does not shut down', () => {
  const count = process.listenerCount('SIGHUP');
  void shutdownSignal(false);
  expect(process.listenerCount('SIGHUP')).toBe(count);
});
