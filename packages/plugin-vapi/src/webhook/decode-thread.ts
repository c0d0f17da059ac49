/** Entry point of the thread that decodes large webhooks, one at a time. Started by `decode-thread-start.ts`. */
import { parentPort } from 'node:worker_threads';
import { decodeWebhook } from '../wire.ts';
import type { DecodeRequest } from './decode-thread-start.ts';

parentPort?.on('message', ({ body, callIdHeader }: DecodeRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(decodeWebhook(body, callIdHeader));
});
