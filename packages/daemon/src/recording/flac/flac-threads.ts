/** Encodes streams of samples as FLAC, each in a Node.js thread of its own. */
import { Worker } from 'node:worker_threads';
import { FaultError, messageOf } from '@sidetone/core';
import type { EncodedBytes, FlacOptions } from './encoder.ts';

/** Memory limit of a thread, MB, without that of WebAssembly, which needs less. */
const THREAD_MEGABYTES = 64;

const END = new Uint8Array();

export interface FlacThread {
  /**
   * Encodes samples; none end the stream. The next message may be sent when this one is answered.
   * @throws {FaultError} ENCODER_FAILED if the thread ends.
   */
  send(samples: Uint8Array): Promise<EncodedBytes>;
  /** Ends the thread, also while it encodes. */
  terminate(): Promise<unknown>;
}

export type StartFlacThread = (options: FlacOptions) => FlacThread;

interface ThreadProgram {
  readonly module: URL;
  readonly execArgv?: readonly string[];
}

const BUILT: ThreadProgram = { module: new URL('./flac-thread.js', import.meta.url) };

/** Returns a function that starts a thread. Threads do not keep the process alive. */
export const flacThreads =
  ({ module, execArgv = [] }: ThreadProgram = BUILT): StartFlacThread =>
  (options) => {
    const worker = new Worker(module, {
      workerData: options,
      execArgv: [...execArgv],
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
    });
    worker.unref();
    let failure: FaultError | undefined;
    // A slot instead of races between promises, which would keep every answer until the thread ends.
    let pending:
      { resolve: (encoded: EncodedBytes) => void; reject: (error: FaultError) => void } | undefined;
    const fail = (reason: string, cause?: unknown): void => {
      failure ??= new FaultError('ENCODER_FAILED', `the FLAC encoder failed: ${reason}`, { cause });
      pending?.reject(failure);
    };
    worker.on('message', (encoded: EncodedBytes) => pending?.resolve(encoded));
    worker.on('error', (error) => fail(messageOf(error), error));
    worker.on('exit', (code) => fail(`exit code ${code}`));
    return {
      send: (samples) =>
        new Promise((resolve, reject) => {
          if (failure) return reject(failure);
          pending = { resolve, reject };
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
          worker.postMessage(samples);
        }),
      terminate: () => worker.terminate(),
    };
  };

/**
 * Yields the FLAC stream of samples as in a WAV file. Reads as fast as its consumer: at most one part of the samples, and what it
 * was encoded to, is in memory. The end of the iteration ends the thread and the source, also if it is early.
 * @throws {FaultError} ENCODER_FAILED
 */
export async function* encodeFlac(
  samples: AsyncIterable<Uint8Array>,
  options: FlacOptions,
  start: StartFlacThread,
): AsyncGenerator<Uint8Array> {
  const thread = start(options);
  try {
    for await (const part of samples) {
      if (part.length === 0) continue;
      const encoded = await thread.send(part);
      if (encoded.length > 0) yield encoded;
    }
    yield await thread.send(END);
  } finally {
    await thread.terminate();
  }
}
