/**
 * The frame format of live audio in the daemon, as received by listeners, recordings and transcriptions: 16-bit samples at
 * 16 kHz, 20 ms a frame, two interleaved channels, the customer first.
 */
import { FRAME_MS, type Party } from '@sidetone/core';

export { FRAME_MS } from '@sidetone/core';

/** Hz. */
export const SAMPLE_RATE = 16_000;
/** Samples of one channel in a millisecond. */
export const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** Samples of one channel in a frame. */
export const FRAME_SAMPLES = FRAME_MS * SAMPLES_PER_MS;

/** The party of each channel, in channel order. */
export const CHANNEL_PARTIES: readonly Party[] = ['CUSTOMER', 'ASSISTANT'];
export const CHANNELS = CHANNEL_PARTIES.length;
/** The channel of each party. Audio without a known party is mixed into the customer's. */
export const CHANNEL_OF = { CUSTOMER: 0, ASSISTANT: 1, UNKNOWN: 0 } as const satisfies Record<Party, number>;

/** Bytes of both channels in a millisecond of 16-bit samples. */
export const BYTES_PER_MS = SAMPLES_PER_MS * CHANNELS * 2;
export const FRAME_BYTES = FRAME_MS * BYTES_PER_MS;
