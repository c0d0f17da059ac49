import { describe, expect, it } from 'vitest';
import { createDecimator } from '../../src/audio/decimator.ts';
import { rms, sine } from '../support/signal.ts';

function halve(samples: Int16Array, frameLength: number): Int16Array {
  const decimator = createDecimator();
  const out: number[] = [];
  for (let at = 0; at < samples.length; at += frameLength) {
    out.push(...decimator.push(samples.subarray(at, at + frameLength)));
  }
  return Int16Array.from(out);
}

const steady = (samples: Int16Array): Int16Array => samples.subarray(100);

describe('the decimator', () => {
  it.each([300, 1_000, 2_500])('keeps the level of a tone of %i Hz', (hz) => {
    const tone = sine(hz, 6_400);
    expect(rms(steady(halve(tone, 320))) / rms(tone)).toBeCloseTo(1, 2);
  });

  it.each([5_000, 6_500, 7_800])('removes a tone of %i Hz, which would alias', (hz) => {
    const tone = sine(hz, 6_400);
    expect(rms(steady(halve(tone, 320))) / rms(tone)).toBeLessThan(0.001);
  });

  it('returns the same samples for any frame length', () => {
    const tone = sine(440, 6_400);
    expect(halve(tone, 320)).toEqual(halve(tone, 6_400));
  });
});
