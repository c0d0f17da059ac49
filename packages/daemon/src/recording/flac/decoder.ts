/** Decodes blocks of FLAC to 16-bit PCM with libFLAC. Runs in a thread. */
import { PCM_SAMPLE_BYTES } from '@sidetone/core';
import type { EncodedBytes } from './encoder.ts';
import type { FlacLibrary } from './library.ts';

/** `FLAC__STREAM_DECODER_INIT_STATUS_OK`. */
const INITIALIZED = 0;

/**
 * Returns the samples of consecutive blocks, as in a WAV file.
 * @param stream the head of the stream, see `head.ts`
 * @throws {Error} if the blocks are damaged.
 */
export function decodeBlocks(library: FlacLibrary, stream: Uint8Array, blocks: Uint8Array): EncodedBytes {
  const decoder = library.create_libflac_decoder(false);
  const sources = [stream, blocks];
  const parts: Uint8Array[][] = [];
  let damage: string | undefined;
  try {
    const status = library.init_decoder_stream(
      decoder,
      (most) => {
        const source = sources[0];
        const buffer = source?.slice(0, most);
        if (source && source.length > most) sources[0] = source.subarray(most);
        else sources.shift();
        return buffer
          ? { buffer, readDataLength: buffer.length, error: false }
          : { buffer: undefined, readDataLength: 0, error: false };
      },
      (channels) => void parts.push(channels),
      (code) => (damage ??= `error ${code} of the decoder`),
    );
    if (status !== INITIALIZED) throw new Error(`the decoder cannot be initialized: ${status}`);
    const isDecoded = library.FLAC__stream_decoder_process_until_end_of_stream(decoder);
    if (!isDecoded || damage !== undefined)
      throw new Error(`the blocks are damaged: ${damage ?? 'unexpected end'}`);
    return interleave(parts);
  } finally {
    library.FLAC__stream_decoder_finish(decoder);
    library.FLAC__stream_decoder_delete(decoder);
  }
}

/** Joins the samples of the channels of each part. */
function interleave(parts: readonly (readonly Uint8Array[])[]): EncodedBytes {
  const bytes = parts.flat().reduce((sum, { length }) => sum + length, 0);
  const joined = new Uint8Array(bytes);
  let start = 0;
  for (const channels of parts) {
    const step = PCM_SAMPLE_BYTES * channels.length;
    for (const [i, channel] of channels.entries()) {
      let at = start + i * PCM_SAMPLE_BYTES;
      for (let sample = 0; sample < channel.length; sample += PCM_SAMPLE_BYTES, at += step) {
        joined[at] = channel[sample]!;
        joined[at + 1] = channel[sample + 1]!;
      }
    }
    start += step * (channels[0]!.length / PCM_SAMPLE_BYTES);
  }
  return joined;
}
