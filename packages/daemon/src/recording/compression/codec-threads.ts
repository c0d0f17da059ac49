/**
 * Threads that compress and decode recordings: one for each, started by the first request and ended when it was idle. Requests of a
 * thread are answered in their order.
 */
import { Worker } from 'node:worker_threads';
import { messageOf, type Clock } from '@sidetone/core';
import type { EncodedBytes } from '../flac/encoder.ts';
import type { Compressed, CompressionJob } from './compress-file.ts';

/** Memory limit of a thread, MB, without that of WebAssembly, which needs less. */
const CODEC_MEGABYTES = 64;
/** Idle time after which a thread ends, ms. */
export const CODEC_IDLE_MS = 30_000;

export type CodecRequest =
  | { readonly kind: 'compress'; readonly job: CompressionJob }
  | { readonly kind: 'decode'; readonly stream: Uint8Array; readonly blocks: Uint8Array };

export type CodecAnswer =
  | ({ readonly kind: 'compressed' } & Compressed)
  | { readonly kind: 'decoded'; readonly samples: EncodedBytes }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string };

export interface CodecProgram {
  readonly module: URL;
  readonly execArgv?: readonly string[];
}

const BUILT: CodecProgram = { module: new URL('./codec-thread.js', import.meta.url) };

/** An error of a thread, with the code of the file system if there is one. */
export class CodecError extends Error {
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

type Success = Exclude<CodecAnswer, { kind: 'failed' }>;

interface RunningThread {
  readonly worker: Worker;
  /** The requests that are not answered yet, in order. */
  readonly pending: { resolve(answer: Success): void; reject(error: CodecError): void }[];
}

/** One thread that is started when it is needed. */
class CodecThread {
  readonly #program: CodecProgram;
  readonly #clock: Pick<Clock, 'schedule'>;
  #thread: RunningThread | undefined;
  #cancelIdle = (): void => undefined;

  constructor(program: CodecProgram, clock: Pick<Clock, 'schedule'>) {
    this.#program = program;
    this.#clock = clock;
  }

  /** @throws {CodecError} if the work fails, or the thread ends. */
  request(request: CodecRequest): Promise<Success> {
    this.#cancelIdle();
    const { worker, pending } = (this.#thread ??= this.#start());
    return new Promise((resolve, reject) => {
      pending.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(request);
    });
  }

  /** Ends the thread, also while it works. The next request starts another one. */
  async terminate(): Promise<void> {
    this.#cancelIdle();
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.worker.terminate();
  }

  #start(): RunningThread {
    const { module, execArgv = [] } = this.#program;
    const worker = new Worker(module, {
      execArgv: [...execArgv],
      resourceLimits: { maxOldGenerationSizeMb: CODEC_MEGABYTES },
    });
    worker.unref();
    const thread: RunningThread = { worker, pending: [] };
    const { pending } = thread;
    let reason = 'the thread was ended';
    worker.on('message', (answer: CodecAnswer) => {
      const first = pending.shift();
      if (answer.kind === 'failed') first?.reject(new CodecError(answer.message, answer.code));
      else first?.resolve(answer);
      if (pending.length === 0)
        this.#cancelIdle = this.#clock.schedule(CODEC_IDLE_MS, () => void this.terminate());
    });
    worker.on('error', (error) => (reason = messageOf(error)));
    worker.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      for (const { reject } of pending.splice(0)) reject(new CodecError(reason));
    });
    return thread;
  }
}

export interface Codec {
  /** @throws {CodecError} */
  compress(job: CompressionJob): Promise<Compressed>;
  /** Ends a compression that is running. It leaves its file as it is. */
  cancelCompression(): Promise<void>;
  /** Returns the samples of blocks. The buffer of the blocks is copied. @throws {CodecError} */
  decode(stream: Uint8Array, blocks: Uint8Array): Promise<Uint8Array>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Threads do not keep the process alive. */
export function createCodec(clock: Pick<Clock, 'schedule'>, program: CodecProgram = BUILT): Codec {
  const compressing = new CodecThread(program, clock);
  const decoding = new CodecThread(program, clock);
  return {
    async compress(job) {
      const answer = await compressing.request({ kind: 'compress', job });
      if (answer.kind !== 'compressed') throw new CodecError('unexpected answer');
      return { bytes: answer.bytes };
    },
    cancelCompression: () => compressing.terminate(),
    async decode(stream, blocks) {
      const answer = await decoding.request({ kind: 'decode', stream, blocks });
      if (answer.kind !== 'decoded') throw new CodecError('unexpected answer');
      return answer.samples;
    },
    async close() {
      await Promise.all([compressing.terminate(), decoding.terminate()]);
    },
  };
}
