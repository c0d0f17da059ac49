/**
 * Decodes webhooks: large ones in a thread, one at a time. A report of 10 MB takes 100 ms to decode, and its values several times the
 * memory of its text. If the plugin runs from TypeScript sources (in tests and development), all are decoded in the main thread.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import { decodeWebhook, type Decoded } from '../wire.ts';
import { startDecodeThread, type DecodeRequest, type DecodeThread } from './decode-thread-start.ts';

/** The size above which a webhook is decoded in the thread, bytes: smaller ones take less than 5 ms. */
export const THREAD_BYTES = 128 * 1024;
/** How long the thread may take for one webhook, ms. */
export const DECODE_TIMEOUT_MS = 10_000;
/** How long the thread waits for another webhook before it ends, ms. */
export const IDLE_MS = 10_000;

interface WebhookDecoderDeps {
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly stopped: AbortSignal;
  /** Undefined if no thread can be started. */
  readonly startThread?: (() => DecodeThread) | undefined;
}

export interface WebhookDecoder {
  /** @throws {FaultError} WIRE_TOO_LARGE if the thread needs too much memory or time, or PROVIDER_NOT_RUNNING. */
  decode(request: DecodeRequest): Promise<Decoded>;
}

const runsFromSources = import.meta.url.endsWith('.ts');

export function createWebhookDecoder({
  clock,
  log,
  stopped,
  startThread = runsFromSources ? undefined : startDecodeThread,
}: WebhookDecoderDeps): WebhookDecoder {
  let thread: DecodeThread | undefined;
  let cancelEnd = (): void => undefined;
  /** Settles when the thread is free. The webhooks that wait are limited by `limits.bodyBytesInFlight`. */
  let free: Promise<unknown> = Promise.resolve();

  function endThread(): void {
    cancelEnd();
    thread?.terminate();
    thread = undefined;
  }
  stopped.addEventListener('abort', endThread, { once: true });

  async function decodeInThread(start: () => DecodeThread, request: DecodeRequest): Promise<Decoded> {
    if (stopped.aborted) throw notRunning();
    cancelEnd();
    thread ??= start();
    cancelEnd = clock.schedule(DECODE_TIMEOUT_MS, endThread);
    try {
      return await thread.decode(request);
    } catch (cause) {
      if (stopped.aborted) throw notRunning();
      log.warn('decoding a large webhook failed', { bytes: request.body.length, reason: messageOf(cause) });
      endThread();
      throw new FaultError('WIRE_TOO_LARGE', 'body: decoding needs too much memory or time', { cause });
    } finally {
      cancelEnd();
      if (thread) cancelEnd = clock.schedule(IDLE_MS, endThread);
    }
  }

  return {
    decode(request) {
      if (!startThread || request.body.length <= THREAD_BYTES)
        return Promise.resolve(decodeWebhook(request.body, request.callIdHeader));
      const decoded = free.then(() => decodeInThread(startThread, request));
      free = decoded.catch(() => undefined);
      return decoded;
    },
  };
}

const notRunning = (): FaultError => new FaultError('PROVIDER_NOT_RUNNING', 'the provider has stopped');
