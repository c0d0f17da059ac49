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

function read(buffer: JitterBuffer, length: number): { left: number[]; right: number[]; available: number } {
  const outputs = [new Float32Array(length).fill(9), new Float32Array(length).fill(9)];
  const available = buffer.read(outputs);
  const [left, right] = outputs.map((output) => Array.from(output, (sample) => Math.round(sample * 32_768)));
  return { left: left!, right: right!, available };
}

const create = (): JitterBuffer => new JitterBuffer({ channels: 2, prefill: 6, capacity: 12 });

describe('JitterBuffer', () => {
  test('plays silence until the prefill is reached, then one output per channel', () => {
    const buffer = create();
    buffer.write(frame(1, 4));
    expect(read(buffer, 2)).toEqual({ left: [0, 0], right: [0, 0], available: 0 });
    buffer.write(frame(5, 4));
    expect(read(buffer, 3)).toEqual({ left: [1, 2, 3], right: [-1, -2, -3], available: 3 });
  });

  test('pads with silence when it runs empty, then waits for the prefill again', () => {
    const buffer = create();
    buffer.write(frame(1, 6));
    expect(read(buffer, 8).left).toEqual([1, 2, 3, 4, 5, 6, 0, 0]);
    expect(buffer.underruns).toBe(1);
    buffer.write(frame(7, 4));
    expect(read(buffer, 2).available).toBe(0);
    buffer.write(frame(11, 4));
    expect(read(buffer, 2).left).toEqual([7, 8]);
  });

  test('drops and counts the oldest samples when it is full', () => {
    const buffer = create();
    for (let from = 1; from < 17; from += 4) buffer.write(frame(from, 4));
    expect(buffer.buffered).toBeLessThanOrEqual(12);
    expect(buffer.dropped).toBeGreaterThan(0);
    expect(read(buffer, 1).left[0]).toBe(buffer.dropped + 1);
  });

  test('plays each sample at most once and in order, for any sequence of reads and writes', () => {
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
            const { left, right, available } = read(buffer, length);
            for (const [i, sample] of left.slice(0, available).entries()) {
              expect(sample).toBeGreaterThan(last);
              expect(right[i]).toBe(-sample);
              last = sample;
            }
            expect(left.slice(available).every((sample) => sample === 0)).toBe(true);
          }
          expect(buffer.buffered).toBeLessThanOrEqual(12);
        }
      }),
    );
  });
});
