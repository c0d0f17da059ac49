import { describe, expect, it } from 'vitest';
import { encodeMulaw } from '../../../src/audio/mulaw.ts';
import { encodeLinear16 } from '../../../src/audio/pcm.ts';
import { createAudioDecoder } from '../../../src/deepgram/transcript/audio-decoder.ts';
import { rms, sine } from '../../support/signal.ts';
import { joined } from '../../support/spoken.ts';

type Format = Parameters<typeof createAudioDecoder>[0];

const MONO: Format = { encoding: 'linear16', sampleRate: 8_000, channels: 1, multichannel: false };

const TONE = sine(300, 8_000);
const HUSH = new Int16Array(8_000);

function interleaved(one: Int16Array, other: Int16Array): Int16Array {
  return Int16Array.from({ length: one.length * 2 }, (_, index) =>
    Number((index % 2 === 0 ? one : other)[Math.floor(index / 2)]),
  );
}

/** What each channel hears of bytes that come in pieces. */
function decode(format: Format, bytes: Uint8Array, piece = bytes.length): Int16Array[] {
  const decoder = createAudioDecoder(format);
  const heard: Int16Array[][] = Array.from({ length: decoder.channels }, () => []);
  for (let at = 0; at < bytes.length; at += piece) {
    for (const [channel, steps] of decoder.push(Buffer.from(bytes.subarray(at, at + piece))).entries())
      heard[channel]?.push(...steps);
  }
  return heard.map((steps) => joined(...steps));
}

describe('the audio of a socket', () => {
  it('is little-endian samples, or mu-law', () => {
    expect(decode(MONO, encodeLinear16(TONE))).toEqual([TONE]);
    const [mulaw] = decode({ ...MONO, encoding: 'mulaw' }, encodeMulaw(TONE));
    expect(rms(mulaw ?? HUSH)).toBeCloseTo(rms(TONE), -2);
  });

  it('may come in pieces of any size, also in the middle of a sample', () => {
    for (const piece of [1, 3, 321, 5_000]) expect(decode(MONO, encodeLinear16(TONE), piece)).toEqual([TONE]);
  });

  it('has two channels that do not mix when it is multichannel', () => {
    const bytes = encodeLinear16(interleaved(TONE, HUSH));
    expect(decode({ ...MONO, channels: 2, multichannel: true }, bytes, 999)).toEqual([TONE, HUSH]);
  });

  it('is mixed down to one channel when it is not', () => {
    const bytes = encodeLinear16(interleaved(TONE, HUSH));
    const [both, other] = decode({ ...MONO, channels: 2 }, bytes);
    expect(other).toBeUndefined();
    expect(rms(both ?? HUSH)).toBeCloseTo(rms(TONE) / 2, -2);
  });

  it.each([16_000, 24_000, 48_000])('is brought to the listening rate from %i Hz', (sampleRate) => {
    const second = Int16Array.from({ length: sampleRate }, (_, index) =>
      Math.round(8_000 * Math.sin((2 * Math.PI * 300 * index) / sampleRate)),
    );
    const [heard = HUSH] = decode({ ...MONO, sampleRate }, encodeLinear16(second), 777);
    expect(Math.abs(heard.length - 8_000)).toBeLessThanOrEqual(160);
    expect(rms(heard)).toBeCloseTo(rms(second), -3);
  });

  it('is counted in frames of all channels', () => {
    const decoder = createAudioDecoder({ ...MONO, channels: 2, multichannel: true });
    decoder.push(Buffer.alloc(32_003));
    expect(decoder.seconds).toBe(1);
  });
});
