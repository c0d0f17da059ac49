import { describe, expect, it } from 'vitest';
import { encodeMulaw } from '../../../src/audio/mulaw.ts';
import { encodeLinear16 } from '../../../src/audio/pcm.ts';
import { createAudioDecoder, isRawAudio } from '../../../src/deepgram/transcript/audio-decoder.ts';
import { rms, sine } from '../../support/signal.ts';
import { joined } from '../../support/spoken.ts';

type Format = Parameters<typeof createAudioDecoder>[0];

const MONO: Format = { encoding: 'linear16', sampleRate: 8_000, channels: 1, multichannel: false };

const TONE = sine(300, 8_000);
const SILENCE = new Int16Array(8_000);

function interleaved(one: Int16Array, other: Int16Array): Int16Array {
  return Int16Array.from({ length: one.length * 2 }, (_, index) =>
    Number((index % 2 === 0 ? one : other)[Math.floor(index / 2)]),
  );
}

/** Decodes bytes in pieces and returns the audio of each channel. */
function decode(format: Format, bytes: Uint8Array, piece = bytes.length): Int16Array[] {
  const decoder = createAudioDecoder(format);
  const channels: Int16Array[][] = Array.from({ length: decoder.channels }, () => []);
  for (let at = 0; at < bytes.length; at += piece) {
    for (const [channel, steps] of decoder.push(Buffer.from(bytes.subarray(at, at + piece))).entries())
      channels[channel]?.push(...steps);
  }
  return channels.map((steps) => joined(...steps));
}

describe('the audio decoder', () => {
  it('decodes little-endian samples and mu-law', () => {
    expect(decode(MONO, encodeLinear16(TONE))).toEqual([TONE]);
    const [mulaw] = decode({ ...MONO, encoding: 'mulaw' }, encodeMulaw(TONE));
    expect(rms(mulaw ?? SILENCE)).toBeCloseTo(rms(TONE), -2);
  });

  it('accepts pieces of any size, split even within a sample', () => {
    for (const piece of [1, 3, 321, 5_000]) expect(decode(MONO, encodeLinear16(TONE), piece)).toEqual([TONE]);
  });

  it('separates two channels with multichannel', () => {
    const bytes = encodeLinear16(interleaved(TONE, SILENCE));
    expect(decode({ ...MONO, channels: 2, multichannel: true }, bytes, 999)).toEqual([TONE, SILENCE]);
  });

  it('mixes the channels without multichannel', () => {
    const bytes = encodeLinear16(interleaved(TONE, SILENCE));
    const [both, other] = decode({ ...MONO, channels: 2 }, bytes);
    expect(other).toBeUndefined();
    expect(rms(both ?? SILENCE)).toBeCloseTo(rms(TONE) / 2, -2);
  });

  it.each([16_000, 24_000, 48_000])('resamples %i Hz to the rate of the recogniser', (sampleRate) => {
    const second = Int16Array.from({ length: sampleRate }, (_, index) =>
      Math.round(8_000 * Math.sin((2 * Math.PI * 300 * index) / sampleRate)),
    );
    const [channels = SILENCE] = decode({ ...MONO, sampleRate }, encodeLinear16(second), 777);
    expect(Math.abs(channels.length - 8_000)).toBeLessThanOrEqual(160);
    expect(rms(channels)).toBeCloseTo(rms(second), -3);
  });

  it('counts frames of all channels', () => {
    const decoder = createAudioDecoder({ ...MONO, channels: 2, multichannel: true });
    decoder.push(Buffer.alloc(32_003));
    expect(decoder.seconds).toBe(1);
  });
});

describe('isRawAudio', () => {
  it.each(['RIFF....WAVE', 'OggS', 'fLaC', '\x1a\x45\xdf\xa3', '{"type":"KeepAlive"}'])(
    'rejects %j at the start of a stream',
    (text) => {
      expect(isRawAudio(Buffer.from(text, 'latin1'), true)).toBe(false);
    },
  );

  it.each(['OggS', '{ is a sample', '\xff\xff'])('accepts %j later', (text) => {
    expect(isRawAudio(Buffer.from(text, 'latin1'), false)).toBe(true);
  });

  it('rejects JSON later too', () => {
    expect(isRawAudio(Buffer.from('{"type":"Finalize"}'), false)).toBe(false);
  });
});
