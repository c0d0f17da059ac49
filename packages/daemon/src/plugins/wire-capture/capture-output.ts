/**
 * Where entries are masked and written: in a thread, because masking a large body takes longer than a turn of the event loop may. If the
 * daemon runs from TypeScript sources (in tests and development), in the main thread.
 */
import { Worker } from 'node:worker_threads';
import { messageOf } from '@sidetone/core';
import { CaptureWriter, type CaptureResult, type CaptureSettings } from './capture-writer.ts';
import type { RawEntry } from './raw-entry.ts';

export type CaptureAnswer = CaptureResult | { readonly failed: string };

export interface CaptureOutput {
  /** Masks and writes entries. Calls are answered in their order. @throws if the file cannot be written. */
  write(entries: readonly RawEntry[]): Promise<CaptureResult>;
  close(): Promise<void>;
}

export type StartCaptureOutput = (settings: CaptureSettings) => CaptureOutput;

/** Memory limit of the thread, MB. */
const CAPTURE_MEGABYTES = 256;
const MODULE = new URL('./capture-thread.js', import.meta.url);
const runsFromSources = import.meta.url.endsWith('.ts');

export const startCaptureOutput: StartCaptureOutput = (settings) =>
  runsFromSources ? outputHere(settings) : outputInThread(settings);

function outputHere(settings: CaptureSettings): CaptureOutput {
  let writer: CaptureWriter | undefined;
  return {
    write: async (entries) => (writer ??= new CaptureWriter(settings)).write(entries),
    close: async () => writer?.close(),
  };
}

interface Pending {
  resolve(result: CaptureResult): void;
  reject(error: Error): void;
}

function outputInThread(settings: CaptureSettings): CaptureOutput {
  const worker = new Worker(MODULE, {
    workerData: settings,
    resourceLimits: { maxOldGenerationSizeMb: CAPTURE_MEGABYTES },
  });
  worker.unref();
  const pending: Pending[] = [];
  let failure: Error | undefined;
  const fail = (reason: string): void => {
    failure ??= new Error(reason);
    for (const { reject } of pending.splice(0)) reject(failure);
  };
  worker.on('message', (answer: CaptureAnswer) => {
    const first = pending.shift();
    if ('failed' in answer) first?.reject(new Error(answer.failed));
    else first?.resolve(answer);
  });
  worker.on('error', (error) => fail(messageOf(error)));
  worker.on('exit', (code) => fail(`the thread ended with code ${code}`));
  return {
    write: (entries) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        pending.push({ resolve, reject });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(entries);
      }),
    close: async () => void (await worker.terminate()),
  };
}
