import { describe, expect, it } from 'vitest';
import { resample, resampledLength } from '../../src/index.ts';

const tone = (hz: number, rate: number, length: number): Int16Array =>
  Int16Array.from({ length }, (_, i) => Math.round(10_000 * Math.sin((2 * Math.PI * hz * i) / rate)));

const rms = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

/** Returns the middle half of a resampled sound, without the effects at its ends. */
function middle(samples: Int16Array, from: number, to: number): Int16Array {
  const all = resample(samples, from, to, 0, resampledLength(samples.length, from, to));
  return all.subarray(all.length >> 2, (all.length * 3) >> 2);
}

describe('resample', () => {
  it.each([
    [16_000, 8000],
    [8000, 16_000],
    [44_100, 16_000],
    [24_000, 8000],
  ])('keeps a 1 kHz tone from %i to %i Hz', (from, to) => {
    const length = resampledLength(from, from, to);
    expect(length).toBe(to);
    const result = resample(tone(1000, from, from), from, to, 0, length);
    const expected = tone(1000, to, to);
    for (let i = 200; i < to - 200; i++) expect(Math.abs(result[i]! - expected[i]!)).toBeLessThan(150);
  });

  it('filters out frequencies that would alias', () => {
    expect(rms(middle(tone(6000, 16_000, 16_000), 16_000, 8000))).toBeLessThan(100);
  });

  it('returns the same samples in pieces as at once', () => {
    const sound = tone(440, 44_100, 4410);
    const whole = resample(sound, 44_100, 16_000, 0, 1600);
    const pieces = [0, 320, 640, 960, 1280].flatMap((from) => [
      ...resample(sound, 44_100, 16_000, from, 320),
    ]);
    expect(pieces).toEqual([...whole]);
  });

  it('copies samples if the rates are equal, with silence after the end', () => {
    expect([...resample(Int16Array.of(1, 2, 3), 8000, 8000, 1, 4)]).toEqual([2, 3, 0, 0]);
  });

  it('clips instead of overflowing', () => {
    const loud = Int16Array.from({ length: 800 }, (_, i) => (Math.floor(i / 8) % 2 ? 32_767 : -32_768));
    const result = resample(loud, 8000, 16_000, 0, 1600);
    expect(Math.max(...result)).toBe(32_767);
    expect(Math.min(...result)).toBe(-32_768);
  });
});
