/** The size of a sample of one channel. */
import type { AudioEncoding } from '../host.ts';

/** Bytes of a sample in each encoding. */
export const SAMPLE_BYTES = { pcm_s16le: 2, mulaw: 1 } as const satisfies Record<AudioEncoding, number>;

/** Bytes of a sample of 16-bit PCM, as in WAV files. */
export const PCM_SAMPLE_BYTES = SAMPLE_BYTES.pcm_s16le;
