/** Starts Node.js threads that run history queries, and the messages that are exchanged with them. */
import { Worker } from 'node:worker_threads';
import { messageOf, type FaultCode, type FaultDetails } from '@sidetone/core';
import type { QueryName } from './queries.ts';

/** Memory limit of a thread, MB. A thread that exceeds it ends without affecting the process. */
const THREAD_MEGABYTES = 512;

export interface ThreadOptions {
  /** The database file. */
  readonly path: string;
}

export interface QueryRequest {
  readonly id: number;
  readonly name: QueryName;
  readonly args: readonly unknown[];
}

export type QueryResponse =
  | { readonly id: number; readonly isSuccess: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly isSuccess: false;
      readonly reason: string;
      /** Set if the query was rejected: an error that the caller receives. */
      readonly code?: FaultCode;
      readonly details?: FaultDetails;
    };

export interface Thread {
  send(request: QueryRequest): void;
  /** Ends the thread, also within a statement. The listener is not called afterwards. */
  terminate(): Promise<unknown>;
}

export interface ThreadListener {
  onResponse(response: QueryResponse): void;
  /** The thread ended without being terminated. */
  onExit(reason: string): void;
}

export type StartThread = (listener: ThreadListener) => Thread;

/** The module that a thread runs. Node.js cannot run TypeScript in a thread without extra arguments. */
interface ThreadProgram {
  readonly module: URL;
  readonly execArgv?: readonly string[];
}

const BUILT: ThreadProgram = { module: new URL('./thread.js', import.meta.url) };

/** Returns a function that starts a thread. Threads do not keep the process alive. */
export function startThreads(
  options: ThreadOptions,
  { module, execArgv = [] }: ThreadProgram = BUILT,
): StartThread {
  return ({ onResponse, onExit }) => {
    const worker = new Worker(module, {
      workerData: options,
      execArgv: [...execArgv],
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
    });
    worker.unref();
    let reason: string | undefined;
    worker.on('message', onResponse);
    worker.on('error', (error) => (reason = messageOf(error)));
    worker.on('exit', (code) => onExit(reason ?? `exit code ${code}`));
    return {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      send: (request) => worker.postMessage(request),
      terminate: () => worker.terminate(),
    };
  };
}
