/** Entry point of the thread that masks and writes what a provider and its plugin send each other. Started by `capture-output.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '@sidetone/core';
import { lowerPriority } from '../../loop/thread-priority.ts';
import type { CaptureAnswer } from './capture-output.ts';
import { CaptureWriter, type CaptureSettings } from './capture-writer.ts';
import type { RawEntry } from './raw-entry.ts';

lowerPriority();
let writer: CaptureWriter | undefined;

function answer(entries: readonly RawEntry[]): CaptureAnswer {
  try {
    writer ??= new CaptureWriter(workerData as CaptureSettings);
    return writer.write(entries);
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

parentPort?.on('message', (entries: readonly RawEntry[]) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answer(entries));
});
