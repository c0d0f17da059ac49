import { defineTranscriber } from '@sidetone/core';
import { optionsSchema, type DeepgramOptions } from './config.ts';
import { createTranscriber } from './transcriber.ts';

/** Deepgram: the audio of a call to its live interface, and the words back. */
export default defineTranscriber<DeepgramOptions>({
  kind: 'transcriber',
  name: 'deepgram',
  displayName: 'Deepgram',
  contract: 1,
  options: optionsSchema,
  create: createTranscriber,
});

export type { DeepgramOptions };
