/** The signals of the operating system that the commands handle. */
import { isatty } from 'node:tty';

const STANDARD_INPUT = 0;
const STANDARD_ERROR = 2;

/** Returns whether the process was started on a terminal, and not by a service manager. */
export const hasTerminal = (): boolean => isatty(STANDARD_INPUT) || isatty(STANDARD_ERROR);

/**
 * The signals that end the process. A second SIGINT or SIGTERM ends it immediately, or what waits before the stop; a second SIGHUP
 * does not, because a terminal that is closed and its shell may both send one.
 */
export class ShutdownSignals {
  /** Resolves at the first SIGINT or SIGTERM, or SIGHUP if `stopsOnHangup`. */
  readonly first: Promise<NodeJS.Signals>;
  #waiting: AbortController | undefined;

  constructor(stopsOnHangup = true) {
    this.first = new Promise((resolve) => {
      let isShuttingDown = false;
      const onSignal = (signal: NodeJS.Signals): void => {
        if (this.#waiting && !this.#waiting.signal.aborted) return this.#waiting.abort();
        if (isShuttingDown) process.exit(130);
        isShuttingDown = true;
        resolve(signal);
      };
      process.on('SIGINT', onSignal);
      process.on('SIGTERM', onSignal);
      if (stopsOnHangup) process.on('SIGHUP', resolve);
    });
  }

  /** Runs a task, whose signal aborts at the next SIGINT or SIGTERM instead of ending the process. */
  async endedByNext(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    try {
      await task(waiting.signal);
    } finally {
      this.#waiting = undefined;
    }
  }
}

/** Resolves at the first signal; the second one ends the process immediately. */
export const shutdownSignal = (stopsOnHangup = true): Promise<NodeJS.Signals> =>
  new ShutdownSignals(stopsOnHangup).first;

/** Ends the process by SIGHUP: if it exited by itself after its terminal was closed, Node.js would abort instead. */
export function endByHangup(): void {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
