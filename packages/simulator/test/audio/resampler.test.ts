import { describe, expect, it } from 'vitest';
import { createResampler } from '../../src/audio/resampler.ts';
import { rms } from '../support/signal.ts';

const sineAt = (rate: number, hz: number, seconds: number): Int16Array =>
  Int16Array.from({ length: rate * seconds }, (_, index) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hz * index) / rate)),
  );

function crossings(samples: Int16Array): number {
  return samples.filter((sample, index) => index > 0 && sample >= 0 && (samples[index - 1] ?? 0) < 0).length;
}

describe('the resampler', () => {
  it.each([
    [8_000, 16_000],
    [16_000, 8_000],
    [44_100, 16_000],
    [16_000, 24_000],
    [3_000, 16_000],
    [16_000, 192_000],
  ])('keeps duration, pitch and level from %i to %i Hz, for any push length', (from, to) => {
    const input = sineAt(from, 200, 1);
    const resample = createResampler(from, to);
    const output: number[] = [];
    const cut = Math.floor(from / 50);
    for (let at = 0; at < input.length; at += cut) output.push(...resample(input.subarray(at, at + cut)));
    const samples = Int16Array.from(output);
    expect(Math.abs(samples.length - to)).toBeLessThanOrEqual(Math.ceil(to / from) + 1);
    expect(Math.abs(crossings(samples) - 200)).toBeLessThanOrEqual(5);
    expect(rms(samples) / rms(input)).toBeGreaterThan(0.9);
    expect(rms(samples) / rms(input)).toBeLessThan(1.05);
  });

  it('returns samples unchanged if the rates are equal', () => {
    const input = sineAt(16_000, 100, 0.1);
    expect(createResampler(16_000, 16_000)(input)).toBe(input);
  });
});
