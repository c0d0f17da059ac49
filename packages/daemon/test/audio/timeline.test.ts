import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME_SAMPLES } from '../../src/audio/frames.ts';
import { AHEAD_SAMPLES, createTimeline, CROSSFADE_SAMPLES, type Timeline } from '../../src/audio/timeline.ts';
import { channelOf, concat, largestStep } from './signals.ts';

const FRAMES = 20;
const LENGTH = FRAMES * FRAME_SAMPLES;

function takeAll(timeline: Timeline): readonly Int16Array[] {
  const all = concat(Array.from({ length: FRAMES }, () => timeline.take()));
  return [channelOf(all, 0), channelOf(all, 1)];
}

const constant = (value: number, length: number): Int16Array => new Int16Array(length).fill(value);

/** Adjacent pieces with different values, shuffled, some removed. */
const pieces = fc
  .array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 })
  .map((lengths) => {
    let at = 0;
    return lengths.map((length, i) => {
      const piece = { at, samples: constant(i + 1, length), channel: i % 2 };
      at += length;
      return piece;
    });
  })
  .chain((all) => fc.shuffledSubarray(all));

describe('createTimeline', () => {
  test('returns audio at its position in any order of puts, and silence elsewhere', () => {
    fc.assert(
      fc.property(pieces, (put) => {
        const timeline = createTimeline();
        const expected = [constant(0, LENGTH), constant(0, LENGTH)];
        for (const { at, samples, channel } of put) {
          const isWithin = at + samples.length <= AHEAD_SAMPLES;
          const dropped = timeline.put(channel, samples, at);
          if (isWithin) expect(dropped).toBe(0);
          for (let i = 0; i < samples.length && at + i < Math.min(LENGTH, AHEAD_SAMPLES); i++)
            expected[channel]![at + i] = samples[i]!;
        }
        const taken = takeAll(timeline);
        expect(taken.map((channel) => [...channel])).toEqual(expected.map((channel) => [...channel]));
      }),
    );
  });

  test('accepts late, early and overlapping audio, and always returns complete frames', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.integer({ min: -2000, max: 3 * AHEAD_SAMPLES }),
            length: fc.nat(2000),
            channel: fc.nat(1),
            takes: fc.nat(3),
          }),
          { maxLength: 40 },
        ),
        (steps) => {
          const timeline = createTimeline();
          let taken = 0;
          for (const { at, length, channel, takes } of steps) {
            const dropped = timeline.put(channel, constant(1000, length), at);
            const late = Math.min(length, Math.max(0, taken - at));
            const early = Math.min(length, Math.max(0, at + length - taken - AHEAD_SAMPLES));
            expect(dropped).toBe(Math.min(length, late + early));
            for (let i = 0; i < takes; i++) {
              const frame = timeline.take();
              expect(frame).toHaveLength(2 * FRAME_SAMPLES);
              expect(frame.every((sample) => sample === 0 || sample === 1000)).toBe(true);
              taken += FRAME_SAMPLES;
            }
            expect(timeline.taken).toBe(taken);
          }
        },
      ),
    );
  });

  test('replaces older audio by newer with a crossfade without clicks', () => {
    const timeline = createTimeline();
    timeline.put(0, constant(8000, 1000), 0);
    timeline.put(0, constant(-8000, 1000), 500);
    const [left] = takeAll(timeline) as [Int16Array];
    expect([left[499], left[500 + CROSSFADE_SAMPLES], left[1499], left[1500]]).toEqual([
      8000, -8000, -8000, 0,
    ]);
    expect(largestStep(left.subarray(0, 1500))).toBeLessThan(16_000 / (CROSSFADE_SAMPLES - 5));
  });

  test('drops the audio of skipped frames', () => {
    const timeline = createTimeline();
    timeline.put(0, constant(5, AHEAD_SAMPLES), 0);
    timeline.skip(3);
    expect(timeline.taken).toBe(3 * FRAME_SAMPLES);
    expect(timeline.take()[0]).toBe(5);
    timeline.skip(1000);
    expect(timeline.take().every((sample) => sample === 0)).toBe(true);
  });
});
