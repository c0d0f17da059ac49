/**
 * Writes log lines to standard error without ever blocking or ending the process. Lines wait in a queue of limited size;
 * lines that do not fit are dropped and counted, and the number is reported when writing works again.
 */
import { constants, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import sonicBoom from 'sonic-boom';

/** Most bytes of log lines in the queue. */
export const MAX_QUEUED_LOG_BYTES = 1024 * 1024;
/** How often a failed write is retried if no new line causes a retry, ms. */
const RETRY_INTERVAL_MS = 1000;
/** How long `flush` waits, ms. */
const FLUSH_TIMEOUT_MS = 1000;

const STDERR = 2;

export interface DroppedLines {
  readonly lines: number;
  /** The code of the last failed write, like ENOSPC; absent if the reader was too slow. */
  readonly code?: string;
}

export interface LogOutput {
  write(line: string): void;
  /** Number of lines dropped since the start. */
  readonly dropped: number;
  /** Calls the listener when all lines in the queue are written and some were dropped before. */
  onRecovered(listener: (dropped: DroppedLines) => void): void;
  /** Resolves when the queue is empty, or after a second. */
  flush(): Promise<void>;
}

/** @param fd a file, or a pipe, socket or terminal in non-blocking mode: see {@link openStandardError}. */
export function createLogOutput(fd: number): LogOutput {
  const stream = new sonicBoom.SonicBoom({
    fd,
    sync: false,
    // With 0, a periodic flush would not retry a failed write.
    minLength: 1,
    maxLength: MAX_QUEUED_LOG_BYTES,
    periodicFlush: RETRY_INTERVAL_MS,
  });
  let isIdle = true;
  let dropped = 0;
  let reported = 0;
  let failure: string | undefined;
  let report = (_dropped: DroppedLines): void => undefined;

  stream.on('drop', () => void dropped++);
  stream.on('error', (error: NodeJS.ErrnoException) => (failure = error.code ?? error.message));
  stream.on('drain', () => {
    isIdle = true;
    const lines = dropped - reported;
    reported = dropped;
    if (lines > 0) report({ lines, ...(failure !== undefined && { code: failure }) });
    failure = undefined;
  });

  return {
    write(line) {
      isIdle = false;
      stream.write(line);
    },
    get dropped() {
      return dropped;
    },
    onRecovered: (listener) => void (report = listener),
    flush: () =>
      new Promise((resolve) => {
        if (isIdle) return resolve();
        const timeout = setTimeout(resolve, FLUSH_TIMEOUT_MS);
        stream.once('drain', () => {
          clearTimeout(timeout);
          resolve();
        });
      }),
  };
}

/**
 * Returns a descriptor of standard error whose writes fail with EAGAIN instead of blocking a thread. A blocked thread would
 * also keep the process from exiting.
 */
export function openStandardError(): number {
  if (isatty(STDERR)) return reopenTerminal();
  // Creating the stream sets O_NONBLOCK if it is a pipe or a socket. Writes to files do not wait for a reader.
  void process.stderr;
  return STDERR;
}

/** A terminal is opened once more, because its flags are shared with the shell. */
function reopenTerminal(): number {
  const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return openSync('/dev/fd/2', O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    return STDERR;
  }
}
