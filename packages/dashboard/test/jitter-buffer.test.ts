import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JitterBuffer } from '../page/listen/jitter-buffer.ts';

/** Interleaved samples of two channels: the left counts up from a number, the right counts down. */
function frame(from: number, length: number): Int16Array {
  const samples = new Int16Array(length * 2);
  for (let i = 0; i < length; i++) {
    samples[2 * i] = from + i;
    samples[2 * i + 1] = -(from + i);
  }
  return samples;
}

function read(buffer: JitterBuffer, length: number): { left: number[]; right: number[]; given: number } {
  const outputs = [new Float32Array(length).fill(9), new Float32Array(length).fill(9)];
  const given = buffer.read(outputs);
  const [left, right] = outputs.map((output) => Array.from(output, (sample) => Math.round(sample * 32_768)));
  return { left: left!, right: right!, given };
}

const create = (): JitterBuffer => new JitterBuffer({ channels: 2, prefill: 6, capacity: 12 });

describe('the jitter buffer', () => {
  test('is silent until enough has come, then plays what came, a channel a party', () => {
    const buffer = create();
    buffer.write(frame(1, 4));
    expect(read(buffer, 2)).toEqual({ left: [0, 0], right: [0, 0], given: 0 });
    buffer.write(frame(5, 4));
    expect(read(buffer, 3)).toEqual({ left: [1, 2, 3], right: [-1, -2, -3], given: 3 });
  });

  test('fills with silence where it runs dry, and begins anew', () => {
    const buffer = create();
    buffer.write(frame(1, 6));
    expect(read(buffer, 8).left).toEqual([1, 2, 3, 4, 5, 6, 0, 0]);
    expect(buffer.underruns).toBe(1);
    buffer.write(frame(7, 4));
    expect(read(buffer, 2).given).toBe(0);
    buffer.write(frame(11, 4));
    expect(read(buffer, 2).left).toEqual([7, 8]);
  });

  test('leaves out the oldest when more comes than it may hold, and counts it', () => {
    const buffer = create();
    for (let from = 1; from < 17; from += 4) buffer.write(frame(from, 4));
    expect(buffer.held).toBeLessThanOrEqual(12);
    expect(buffer.dropped).toBeGreaterThan(0);
    expect(read(buffer, 1).left[0]).toBe(buffer.dropped + 1);
  });

  test('plays each sample at most once and in order, however it is written and read', () => {
    const step = fc.record({ isWrite: fc.boolean(), length: fc.integer({ min: 1, max: 16 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const buffer = create();
        let next = 1;
        let last = 0;
        for (const { isWrite, length } of steps) {
          if (isWrite) {
            buffer.write(frame(next, length));
            next += length;
          } else {
            const { left, right, given } = read(buffer, length);
            for (const [i, sample] of left.slice(0, given).entries()) {
              expect(sample).toBeGreaterThan(last);
              expect(right[i]).toBe(-sample);
              last = sample;
            }
            expect(left.slice(given).every((sample) => sample === 0)).toBe(true);
          }
          expect(buffer.held).toBeLessThanOrEqual(12);
        }
      }),
    );
  });
});
