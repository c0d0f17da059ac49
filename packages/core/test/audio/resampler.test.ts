import { createResampler } from '@sidetone/core';
import { resample, resampledLength } from '@sidetone/plugin-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amplitudeAt, concat, largestStep, middleOf, rms, sine } from './signals.ts';

const RATES = [8000, 16_000, 24_000, 48_000] as const;
const PAIRS = RATES.flatMap((from) => RATES.map((to) => [from, to] as const));

/** Resamples a signal in pieces of 20 ms. */
function stream(samples: Int16Array, from: number, to: number, pieceMs = 20): Int16Array {
  const resampler = createResampler(from, to);
  const piece = (from * pieceMs) / 1000;
  const out: Int16Array[] = [];
  for (let at = 0; at < samples.length; at += piece)
    out.push(resampler.push(samples.subarray(at, at + piece)));
  out.push(resampler.flush());
  return concat(out);
}

describe('createResampler', () => {
  it.each(PAIRS)('from %d to %d Hz keeps the level and length of a 1 kHz tone', (from, to) => {
    const out = stream(sine(1000, from, from / 2, 10_000), from, to);
    expect(out.length).toBe(to / 2);
    expect(amplitudeAt(1000, to, middleOf(out)) / 10_000).toBeCloseTo(1, 2);
    // Everything besides the tone is 50 dB below it.
    const rest = Math.sqrt(
      Math.max(0, rms(middleOf(out)) ** 2 - amplitudeAt(1000, to, middleOf(out)) ** 2 / 2),
    );
    expect(rest).toBeLessThan(10_000 * 10 ** (-50 / 20));
  });

  it.each([
    [24_000, 16_000, 10_500],
    [48_000, 16_000, 11_000],
    [16_000, 8000, 5500],
    [48_000, 8000, 9000],
  ])('from %d to %d Hz filters out %d Hz, which would alias', (from, to, hz) => {
    expect(rms(middleOf(stream(sine(hz, from, from / 2, 10_000), from, to)))).toBeLessThan(70);
  });

  it.each(PAIRS)('from %d to %d Hz returns its rest without a change of what follows', (from, to) => {
    const samples = sine(440, from, from / 10, 20_000);
    const [resampler, other] = [createResampler(from, to), createResampler(from, to)];
    const half = Math.floor(samples.length / 2);
    expect([...resampler.push(samples.subarray(0, half))]).toEqual([
      ...other.push(samples.subarray(0, half)),
    ]);
    const rest = resampler.rest();
    expect([...resampler.rest()]).toEqual([...rest]);
    expect([...resampler.push(samples.subarray(half))]).toEqual([...other.push(samples.subarray(half))]);
    expect([...resampler.rest()]).toEqual([...other.flush()]);
  });

  it.each(PAIRS)('from %d to %d Hz returns the same samples for any division into pieces', (from, to) => {
    const samples = sine(440, from, from / 10, 20_000);
    const whole = createResampler(from, to);
    const expected = [...whole.push(samples), ...whole.flush()];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 30 }), (cuts) => {
        const resampler = createResampler(from, to);
        const out: number[] = [];
        let at = 0;
        for (const cut of [...cuts, samples.length]) {
          out.push(...resampler.push(samples.subarray(at, at + cut)));
          at += cut;
        }
        expect([...out, ...resampler.flush()]).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('agrees with resampling the whole signal at once', () => {
    const samples = sine(700, 8000, 800, 12_000);
    const out = stream(samples, 8000, 16_000);
    const whole = resample(samples, 8000, 16_000, 0, resampledLength(800, 8000, 16_000));
    expect(
      Math.max(...middleOf(out).map((sample, i) => Math.abs(sample - middleOf(whole)[i]!))),
    ).toBeLessThan(80);
  });

  it('does not change samples if both rates are equal', () => {
    const samples = sine(300, 16_000, 1600, 30_000);
    expect([...stream(samples, 16_000, 16_000)]).toEqual([...samples]);
  });

  it('keeps a constant signal and clips overshoot', () => {
    const out = middleOf(stream(new Int16Array(800).fill(-12_345), 8000, 48_000));
    expect(new Set(out)).toEqual(new Set([-12_345]));
    const square = Int16Array.from({ length: 800 }, (_, i) => (i % 40 < 20 ? 32_767 : -32_768));
    const clipped = stream(square, 8000, 16_000);
    expect(Math.max(...clipped)).toBe(32_767);
    expect(Math.min(...clipped)).toBe(-32_768);
  });

  it('reads one channel of interleaved audio', () => {
    const [left, right] = [sine(500, 8000, 400, 8000), sine(900, 8000, 400, 8000)];
    const both = Int16Array.from({ length: 800 }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]!);
    const resampler = createResampler(8000, 16_000);
    const alone = createResampler(8000, 16_000);
    expect([...resampler.push(both, 1, 2)]).toEqual([...alone.push(right)]);
  });

  it('supports rates without a simple ratio', () => {
    const out = stream(sine(1000, 11_111, 11_111, 10_000), 11_111, 16_000, 50);
    expect(Math.abs(out.length - 16_000)).toBeLessThanOrEqual(1);
    expect(amplitudeAt(1000, 16_000, middleOf(out)) / 10_000).toBeCloseTo(1, 1);
  });

  it('changes speed during the stream without a click', () => {
    const resampler = createResampler(8000, 16_000);
    const tone = sine(400, 8000, 8000, 20_000);
    const out: Int16Array[] = [];
    for (let at = 0; at < tone.length; at += 160) {
      resampler.speed = at < 2000 ? 1 : 1.005;
      out.push(resampler.push(tone.subarray(at, at + 160)));
    }
    const all = concat(out);
    expect(all.length).toBeGreaterThan(16_000 - 70 - 24);
    expect(all.length).toBeLessThan(16_000 - 50);
    // The steepest step of the tone itself, half a percent faster.
    expect(largestStep(all.subarray(100))).toBeLessThan(20_000 * 2 * Math.PI * (402 / 16_000) + 100);
  });

  it('reports the number of pending samples', () => {
    const resampler = createResampler(8000, 16_000);
    const out = resampler.push(new Int16Array(160));
    expect(out.length + resampler.pending).toBe(320);
    resampler.flush();
    expect(resampler.pending).toBe(0);
  });
});
