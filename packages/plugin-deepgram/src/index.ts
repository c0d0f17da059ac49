import { defineTranscriber } from '@sidetone/core';
import { optionsSchema, type DeepgramOptions } from './config.ts';
import { createTranscriber } from './transcriber.ts';

/** Deepgram: transcribes the audio of calls with its live API. */
export default defineTranscriber<DeepgramOptions>({
  kind: 'transcriber',
  name: 'deepgram',
  displayName: 'Deepgram',
  contract: 1,
  options: optionsSchema,
  create: createTranscriber,
});

export type { DeepgramOptions };
