/** One running instance: the calls that it transcribes. */
import { FaultError, type Transcriber, type TranscriberHost } from '@sidetone/core';
import { checkCredentials } from './rest/api.ts';
import type { DeepgramOptions } from './config.ts';
import { createTranscription, type CallTranscription } from './transcription.ts';

/** Makes an instance. Does nothing until a call is opened. */
export function createTranscriber(options: DeepgramOptions, host: TranscriberHost): Transcriber {
  const life = new AbortController();
  const calls = new Set<CallTranscription>();

  return {
    start: () => Promise.resolve(),
    async stop() {
      life.abort();
      await Promise.all([...calls].map(({ done }) => done));
    },
    open(request, signal) {
      if (calls.size >= options.maxCalls) {
        throw new FaultError('LIMIT_EXCEEDED', `maxCalls: ${options.maxCalls} calls are transcribed already`);
      }
      const until = AbortSignal.any([life.signal, signal]);
      const call = createTranscription(options, host, Math.random, request, until);
      calls.add(call);
      void call.done.then(() => calls.delete(call));
      return call;
    },
    health: (signal) =>
      checkCredentials(host, options.apiBaseUrl, options.apiKey, AbortSignal.any([life.signal, signal])),
  };
}
