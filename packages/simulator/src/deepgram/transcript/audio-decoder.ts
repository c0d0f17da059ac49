// Decodes the audio of a socket to steps of each channel. It relies on the declared format; a wrong declaration results
// in noise.

import { decodeMulaw } from '../../audio/mulaw.ts';
import { createResampler } from '../../audio/resampler.ts';
import type { ListenQuery } from '../listen-query.ts';
import { HOP, RECOGNISER_SAMPLE_RATE } from '../recogniser/signal.ts';

/** Decodes the audio of one socket. */
interface AudioDecoder {
  /** The number of output channels. */
  readonly channels: number;
  /** The seconds of audio received. */
  readonly seconds: number;
  /** Adds bytes. Returns the complete steps of each channel; an incomplete sample is kept. */
  push(bytes: Buffer): Int16Array[][];
}

type Format = Pick<ListenQuery, 'encoding' | 'sampleRate' | 'channels' | 'multichannel'>;

/** Creates a decoder. */
export function createAudioDecoder(format: Format): AudioDecoder {
  const { encoding, sampleRate, channels, multichannel } = format;
  const sampleBytes = encoding === 'linear16' ? 2 : 1;
  const frameBytes = sampleBytes * channels;
  const outputChannels = multichannel ? channels : 1;
  const steppers = Array.from({ length: outputChannels }, () => createStepper(sampleRate));
  let rest = Buffer.alloc(0);
  let frames = 0;

  return {
    channels: outputChannels,
    get seconds() {
      return frames / sampleRate;
    },
    push(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const count = Math.floor(all.length / frameBytes);
      rest = Buffer.from(all.subarray(count * frameBytes));
      frames += count;
      const samples = decodeSamples(all.subarray(0, count * frameBytes), encoding);
      return steppers.map((stepper, channel) =>
        stepper(
          outputChannels === channels
            ? extractChannel(samples, channel, channels)
            : mixChannels(samples, channels),
        ),
      );
    },
  };
}

function decodeSamples(bytes: Buffer, encoding: ListenQuery['encoding']): Int16Array {
  if (encoding === 'mulaw') return decodeMulaw(bytes);
  const samples = new Int16Array(bytes.length / 2);
  for (let index = 0; index < samples.length; index += 1) samples[index] = bytes.readInt16LE(index * 2);
  return samples;
}

function extractChannel(samples: Int16Array, channel: number, channels: number): Int16Array {
  if (channels === 1) return samples;
  const one = new Int16Array(samples.length / channels);
  for (let index = 0; index < one.length; index += 1) one[index] = samples[index * channels + channel] ?? 0;
  return one;
}

function mixChannels(samples: Int16Array, channels: number): Int16Array {
  const mixed = new Int16Array(samples.length / channels);
  for (let index = 0; index < mixed.length; index += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += samples[index * channels + channel] ?? 0;
    mixed[index] = sum / channels;
  }
  return mixed;
}

/** Returns a function that resamples and splits audio into steps. The resampler needs an even number of samples. */
function createStepper(sampleRate: number): (samples: Int16Array) => Int16Array[] {
  const resample = createResampler(sampleRate, RECOGNISER_SAMPLE_RATE);
  let odd = new Int16Array(0);
  let waiting = new Int16Array(0);
  return (samples) => {
    const all = concat(odd, samples);
    const even = all.length - (all.length % 2);
    odd = all.slice(even);
    const ready = concat(waiting, resample(all.subarray(0, even)));
    const steps: Int16Array[] = [];
    let at = 0;
    for (; at + HOP <= ready.length; at += HOP) steps.push(ready.subarray(at, at + HOP));
    waiting = ready.slice(at);
    return steps;
  };
}

function concat(first: Int16Array, second: Int16Array): Int16Array {
  if (first.length === 0) return second;
  const both = new Int16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const CONTAINERS = ['RIFF', 'OggS', 'fLaC', '\x1a\x45\xdf\xa3'];
const OPENING_BRACE = 0x7b;

/**
 * Whether bytes can be raw audio. PCM always decodes, so only obvious errors are detected: JSON that should have been
 * sent as text and, at the start of a stream, a file with a header.
 */
export function isRawAudio(bytes: Buffer, isFirst: boolean): boolean {
  if (isFirst && CONTAINERS.includes(bytes.toString('latin1', 0, 4))) return false;
  return bytes[0] !== OPENING_BRACE || !isJson(bytes.toString('utf8'));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
