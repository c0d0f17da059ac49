// The audio of a socket: bytes in, steps of each channel out. It believes what the query declared; when that is wrong
// the outcome is noise, as it would be.

import { decodeMulaw } from '../../audio/mulaw.ts';
import { createResampler } from '../../audio/resampler.ts';
import type { ListenQuery } from '../listen-query.ts';
import { HOP, RECOGNISER_SAMPLE_RATE } from '../recogniser/signal.ts';

/** What makes steps of bytes. */
export interface AudioDecoder {
  /** How many channels are heard. */
  readonly channels: number;
  /** The seconds of audio that came. */
  readonly seconds: number;
  /** The steps of each channel that are complete now. A sample that is cut in two is put together again. */
  push(bytes: Buffer): Int16Array[][];
}

type Format = Pick<ListenQuery, 'encoding' | 'sampleRate' | 'channels' | 'multichannel'>;

/** For the audio of one socket. */
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

/** To the listening rate, and into steps. The resampler wants its samples by twos. */
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
