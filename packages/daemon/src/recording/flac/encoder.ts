/** Encodes 16-bit PCM as FLAC (RFC 9639) with libFLAC, compiled to WebAssembly. Runs in a thread of its own, see `flac-threads.ts`. */
import { PCM_SAMPLE_BYTES, type WavFormat } from '@sidetone/core';
import { loadFlacLibrary } from './library.ts';

/** Higher levels save a percent more, and take four times the CPU time. */
const COMPRESSION_LEVEL = 5;
/** `FLAC__STREAM_ENCODER_INIT_STATUS_OK`. */
const INITIALIZED = 0;

export interface FlacOptions extends WavFormat {
  /** The number of samples of each channel, for the head of the stream. */
  readonly frames: number;
}

/** What an encoder returned: a buffer of its own. */
export type EncodedBytes = Uint8Array<ArrayBuffer>;

export interface FlacEncoder {
  /** Encodes samples as in a WAV file. They may end within a sample. Returns what is complete so far, often nothing. */
  encode(samples: Uint8Array): EncodedBytes;
  /** Returns the rest, and releases the memory. Nothing may be encoded afterwards. */
  finish(): EncodedBytes;
}

/**
 * @param onPart called with each part of the output before it is returned: 0 frames for the head of the stream, and the frames of
 * one block for each block
 * @throws {Error} if the library cannot be loaded, or does not support the format
 */
export async function createFlacEncoder(
  { channels, sampleRate, frames }: FlacOptions,
  onPart: (bytes: number, frames: number) => void = () => undefined,
): Promise<FlacEncoder> {
  const library = await loadFlacLibrary();
  const encoder = library.create_libflac_encoder(
    sampleRate,
    channels,
    PCM_SAMPLE_BYTES * 8,
    COMPRESSION_LEVEL,
    frames,
  );
  let output: Uint8Array[] = [];
  const onOutput = (part: Uint8Array, bytes: number, samples: number): void => {
    output.push(part);
    onPart(bytes, samples);
  };
  const isInitialized = encoder !== 0 && library.init_encoder_stream(encoder, onOutput) === INITIALIZED;
  if (!isInitialized) throw new Error(`cannot encode ${channels} channels with ${sampleRate} Hz`);

  function takeOutput(): EncodedBytes {
    const taken = joined(output);
    output = [];
    return taken;
  }

  let rest: Uint8Array = new Uint8Array();
  return {
    encode(samples) {
      const bytes = rest.length > 0 ? joined([rest, samples]) : samples;
      const complete = Math.floor(bytes.length / (PCM_SAMPLE_BYTES * channels));
      rest = bytes.slice(complete * PCM_SAMPLE_BYTES * channels);
      const values = decodeSamples(bytes, complete * channels);
      if (complete > 0 && !library.FLAC__stream_encoder_process_interleaved(encoder, values, complete))
        throw new Error(`state ${library.FLAC__stream_encoder_get_state(encoder)}`);
      return takeOutput();
    },
    finish() {
      const isFinished = library.FLAC__stream_encoder_finish(encoder);
      library.FLAC__stream_encoder_delete(encoder);
      if (!isFinished) throw new Error('the stream cannot be completed');
      return takeOutput();
    },
  };
}

function decodeSamples(bytes: Uint8Array, count: number): Int32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getInt16(i * PCM_SAMPLE_BYTES, true);
  return values;
}

function joined(parts: readonly Uint8Array[]): EncodedBytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
