/** The end of a command by Ctrl-C or a service manager: it removes what is not complete, and exits with 130. */
import { exitWith } from './exit-codes.ts';

/** Runs a task that a signal of the operating system aborts. A second signal ends the process immediately. */
export async function untilInterrupted(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  const onSignal = (): void => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await task(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('sidetone: interrupted\n');
    exitWith('INTERRUPTED');
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
