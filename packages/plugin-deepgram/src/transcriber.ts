/** One running instance: the calls that it transcribes. */
import { FaultError, type Transcriber, type TranscriberHost } from '@sidetone/core';
import type { DeepgramOptions } from './config.ts';
import { checkCredentials } from './rest/api.ts';
import { createTranscription, type CallTranscription } from './transcription.ts';

/** Creates an instance. It does nothing until a call is opened. */
export function createTranscriber(options: DeepgramOptions, host: TranscriberHost): Transcriber {
  const stopping = new AbortController();
  const calls = new Set<CallTranscription>();

  return {
    start: () => Promise.resolve(),
    async stop() {
      stopping.abort();
      await Promise.all([...calls].map(({ done }) => done));
    },
    open(request, signal) {
      if (calls.size >= options.maxCalls) {
        throw new FaultError('LIMIT_EXCEEDED', `maxCalls: at most ${options.maxCalls} calls are transcribed`);
      }
      const aborted = AbortSignal.any([stopping.signal, signal]);
      const call = createTranscription(options, host, Math.random, request, aborted);
      calls.add(call);
      void call.done.then(() => calls.delete(call));
      return call;
    },
    health: (signal) =>
      checkCredentials(host, options.apiBaseUrl, options.apiKey, AbortSignal.any([stopping.signal, signal])),
  };
}
