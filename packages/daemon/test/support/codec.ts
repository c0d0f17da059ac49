/** The threads of the codec, from their sources. */
import type { CodecProgram } from '../../src/recording/compression/codec-threads.ts';

export const CODEC_PROGRAM: CodecProgram = {
  module: new URL('../fixtures/codec-thread.mjs', import.meta.url),
  execArgv: ['--conditions=@sidetone/source'],
};
