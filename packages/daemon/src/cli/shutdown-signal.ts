/** The signals of the operating system that the commands handle. */
import { isatty } from 'node:tty';

const STANDARD_INPUT = 0;
const STANDARD_ERROR = 2;

/** Returns whether the process was started on a terminal, and not by a service manager. */
export const hasTerminal = (): boolean => isatty(STANDARD_INPUT) || isatty(STANDARD_ERROR);

/**
 * Resolves at the first SIGINT or SIGTERM, or SIGHUP if `stopsOnHangup`. A second SIGINT or SIGTERM ends the process immediately;
 * a second SIGHUP does not, because a terminal that is closed and its shell may both send one.
 */
export function shutdownSignal(stopsOnHangup = true): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isShuttingDown = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (isShuttingDown) process.exit(130);
      isShuttingDown = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    if (stopsOnHangup) process.on('SIGHUP', resolve);
  });
}

/** Ends the process by SIGHUP: if it exited by itself after its terminal was closed, Node.js would abort instead. */
export function endByHangup(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
