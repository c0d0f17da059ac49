/**
 * Entry point of an encoder thread: receives samples, and answers each message with the bytes that are complete; an empty message
 * ends the stream. An error ends the thread. Started by `flac-threads.ts`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { lowerPriority } from '../../loop/thread-priority.ts';
import { createFlacEncoder, type FlacOptions } from './encoder.ts';

lowerPriority();
const encoder = await createFlacEncoder(workerData as FlacOptions);

parentPort?.on('message', (samples: Uint8Array) => {
  const encoded = samples.length > 0 ? encoder.encode(samples) : encoder.finish();
  parentPort?.postMessage(encoded, [encoded.buffer]);
});
