/** Starts the Node.js thread that moves the write-ahead log. */
import { Worker } from 'node:worker_threads';
import { messageOf } from '@sidetone/core';

export interface LogThreadOptions {
  /** The database file. */
  readonly path: string;
}

export interface LogThread {
  /** Moves what is in the log now. */
  move(): void;
  /** Ends the thread when it has finished a move. The listener is not called afterwards. */
  terminate(): Promise<unknown>;
}

export interface LogThreadListener {
  /** A move ended, completely or not: what is left is moved the next time. */
  onMoved(): void;
  /** The thread ended without being terminated. */
  onExit(reason: string): void;
}

export type StartLogThread = (listener: LogThreadListener) => LogThread;

interface ThreadProgram {
  readonly module: URL;
  readonly execArgv?: readonly string[];
}

const BUILT: ThreadProgram = { module: new URL('./log-thread.js', import.meta.url) };

/** Returns a function that starts the thread, which does not keep the process alive. */
export function logThreads(
  options: LogThreadOptions,
  { module, execArgv = [] }: ThreadProgram = BUILT,
): StartLogThread {
  return ({ onMoved, onExit }) => {
    const worker = new Worker(module, { workerData: options, execArgv: [...execArgv] });
    worker.unref();
    let isTerminated = false;
    let reason: string | undefined;
    worker.on('message', onMoved);
    worker.on('error', (error) => (reason = messageOf(error)));
    worker.on('exit', (code) => {
      if (!isTerminated) onExit(reason ?? `exit code ${code}`);
    });
    return {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      move: () => worker.postMessage('move'),
      terminate: () => {
        isTerminated = true;
        return worker.terminate();
      },
    };
  };
}
