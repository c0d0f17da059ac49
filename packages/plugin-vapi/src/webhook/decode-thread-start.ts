/** Starts the Node.js thread that decodes large webhooks. */
import { Worker } from 'node:worker_threads';
import type { Decoded } from '../wire.ts';

export interface DecodeRequest {
  readonly body: Uint8Array;
  /** The header `x-call-id`. */
  readonly callIdHeader: string | undefined;
}

export interface DecodeThread {
  /** Rejects if the thread ends. Called again only after it has settled. */
  decode(request: DecodeRequest): Promise<Decoded>;
  terminate(): void;
}

/** Memory limits of the thread, MB. A thread that exceeds them ends without affecting the process. */
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 } as const;

/** Starts a thread. It does not keep the process alive. */
export function startDecodeThread(): DecodeThread {
  const worker = new Worker(new URL('decode-thread.js', import.meta.url), {
    execArgv: [],
    env: {},
    resourceLimits: MEMORY,
  });
  worker.unref();
  let reject = (_reason: unknown): void => undefined;
  worker.on('error', (error) => reject(error));
  worker.on('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
  return {
    decode: (request) =>
      new Promise<Decoded>((resolve, rejectRequest) => {
        reject = rejectRequest;
        worker.removeAllListeners('message').once('message', resolve);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(request);
      }),
    terminate: () => void worker.terminate(),
  };
}
