/** Starts the threads of isolated plugins, and watches that they answer. */
import { Worker } from 'node:worker_threads';
import { FaultError, messageOf, type ProviderId } from '@sidetone/core';
import type { AddressGuardOptions } from '../../sockets/address-guard.ts';
import type { Parcel, Port } from '../link/parcel.ts';

export interface ThreadData {
  readonly providerId: ProviderId;
  readonly socketMessageBytes: number;
  readonly outgoing: Pick<AddressGuardOptions, 'allowedHosts'>;
}

export type ToThread = { readonly parcel: Parcel } | { readonly ping: number };

/** The answer to a ping. */
export interface Pong {
  readonly pong: number;
  /** The longest time since the last answer in which the event loop of the thread was blocked. */
  readonly blockedMs: number;
  /** How many messages to the daemon were dropped since the last answer. */
  readonly dropped: number;
  /** The memory of buffers of the thread, which its heap does not contain. */
  readonly bufferBytes: number;
}
export type ThreadReport = { readonly parcel: Parcel } | { readonly isOverrun: true } | Pong;

export interface ThreadListener {
  onPong(pong: Pong): void;
  /** Too many messages wait in the thread. */
  onOverrun(): void;
  /** The thread ended without being terminated. */
  onExit(fault: FaultError): void;
}

export interface Thread {
  readonly port: Port;
  ping(id: number): void;
  /** Ends the thread at once. The listener is not called afterwards. */
  terminate(): Promise<unknown>;
}

/** @throws {FaultError} PLUGIN_ISOLATION_UNSUPPORTED if no thread can be started. */
export type StartThread = (data: ThreadData, listener: ThreadListener) => Thread;

const MEBIBYTE = 1024 * 1024;
const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts');

/** Returns a function that starts threads with at most so much heap. Threads do not keep the process alive. */
export function startThreads(heapBytes: number): StartThread {
  return (data, listener) => {
    if (RUNS_FROM_SOURCE)
      throw new FaultError(
        'PLUGIN_ISOLATION_UNSUPPORTED',
        'the daemon runs from its TypeScript sources, which Node.js cannot run in a thread',
      );
    const worker = new Worker(new URL('./plugin-thread.js', import.meta.url), {
      name: `plugin ${data.providerId}`,
      workerData: data,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapBytes / MEBIBYTE) },
    });
    worker.unref();
    return follow(worker, heapBytes, listener);
  };
}

function follow(worker: Worker, heapBytes: number, listener: ThreadListener): Thread {
  let receive: Parameters<Port['onParcel']>[0] = () => undefined;
  let isTerminated = false;
  let failure: NodeJS.ErrnoException | undefined;
  const send = (message: ToThread, transfer: readonly ArrayBuffer[] = []): void =>
    worker.postMessage(message, transfer);
  worker.on('message', (report: ThreadReport) => {
    if (isTerminated) return;
    if ('parcel' in report) receive(report.parcel);
    else if ('pong' in report) listener.onPong(report);
    else listener.onOverrun();
  });
  worker.on('error', (error: Error) => (failure = error));
  worker.on('exit', (code) => {
    if (!isTerminated) listener.onExit(faultOf(failure, code, heapBytes));
    isTerminated = true;
  });
  return {
    port: {
      post: (parcel, transfer) => send({ parcel }, transfer),
      onParcel: (given) => void (receive = given),
    },
    ping: (id) => send({ ping: id }),
    terminate() {
      isTerminated = true;
      return worker.terminate();
    },
  };
}

/** Why a thread ended. */
function faultOf(error: NodeJS.ErrnoException | undefined, exitCode: number, heapBytes: number): FaultError {
  if (error?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return outOfMemory(`its heap exceeded limits.isolatedPluginBytes (${heapBytes} bytes)`, error);
  const reason = error === undefined ? `exit code ${exitCode}` : messageOf(error);
  return new FaultError('PLUGIN_THREAD_ENDED', `the thread of the plugin ended: ${reason}`, { cause: error });
}

export const outOfMemory = (reason: string, cause?: unknown): FaultError =>
  new FaultError('PLUGIN_OUT_OF_MEMORY', `the thread of the plugin was ended: ${reason}`, { cause });
