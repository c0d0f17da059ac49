import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStreamClock, createTrack, PLAYOUT_DELAY_MS } from '../../src/audio/track.ts';
import { createTimeline, FRAME_SAMPLES } from '../../src/audio/timeline.ts';
import { amplitudeAt, channelOf, concat, extentOf, largestStep, tone } from './signals.ts';

const PER_MS = 16;
const HZ = 400;
/** The steepest step of the tone at 16 kHz, and a little more for a trimmed speed and rounding. */
const STEEPEST = 16_000 * 2 * Math.PI * (HZ / 16_000) * 1.02 + 20;

/** How late a frame comes, by its number. */
const NO_DELAY: (frame: number) => number = () => 0;

interface Arrival {
  /** When it arrives, ms. */
  readonly at: number;
  readonly party?: number;
  readonly samples: Int16Array;
  readonly positionMs?: number;
  /** Told just before it. */
  readonly gapMs?: number;
}

/** Plays arrivals to tracks on one clock, takes every frame 120 ms behind, and gives what was heard of each party. */
function hear(arrivals: readonly Arrival[], ms: number, rate = 8000): readonly [Int16Array, Int16Array] {
  const timeline = createTimeline();
  const clock = createStreamClock();
  const tracks = [0, 1].map((channel) =>
    createTrack(rate, clock, (samples, at) => void timeline.put(channel, samples, at)),
  );
  const frames: Int16Array[] = [];
  const waiting = arrivals.toSorted((a, b) => a.at - b.at);
  for (let now = 0; now <= ms + PLAYOUT_DELAY_MS; now++) {
    while (waiting[0] && waiting[0].at <= now) {
      const { party = 0, samples, positionMs, gapMs } = waiting.shift()!;
      if (gapMs !== undefined) tracks[party]!.gap(gapMs);
      const place = positionMs === undefined ? {} : { positionMs };
      tracks[party]!.write({ samples, offset: 0, stride: 1, ...place }, now * PER_MS, timeline.taken);
    }
    while (timeline.taken + FRAME_SAMPLES <= (now - PLAYOUT_DELAY_MS) * PER_MS) frames.push(timeline.take());
  }
  const all = concat(frames);
  return [channelOf(all, 0), channelOf(all, 1)];
}

/** A tone in frames of 20 ms, each arriving when its last sample was spoken, and `delay` later. */
function spoken(
  count: number,
  { rate = 8000, hz = HZ, from = 0, party = 0, isTold = true, delay = NO_DELAY } = {},
): Arrival[] {
  const frame = (rate * 20) / 1000;
  return Array.from({ length: count }, (_, i) => ({
    at: from + (i + 1) * 20 + delay(i),
    party,
    samples: tone(hz, rate, 20, 16_000, i * frame),
    ...(isTold && { positionMs: from + i * 20 }),
  }));
}

/** Whether there is no click in a sound, its onset aside. */
const isClean = (samples: Int16Array): boolean => largestStep(samples.subarray(100)) < STEEPEST;

describe.each([true, false])('a track whose positions are told: %s', (isTold) => {
  test('is heard without a click, at its level, at every rate', () => {
    for (const rate of [8000, 16_000, 24_000, 48_000]) {
      const [heard] = hear(spoken(50, { rate, isTold }), 1000, rate);
      const middle = heard.subarray(1600, 14_400);
      expect(isClean(middle)).toBe(true);
      expect(amplitudeAt(HZ, 16_000, middle) / 16_000).toBeCloseTo(1, 2);
      expect(extentOf(heard)[0]).toBeLessThan(20);
    }
  });

  test('is heard without a click when frames come late, by less than is waited for', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 100, maxLength: 100 }), (jitter) => {
        // What comes in order over one socket is not overtaken.
        let last = 0;
        const arrivals = spoken(100, { isTold, delay: (i) => jitter[i]! }).map((arrival) => {
          last = Math.max(last, arrival.at);
          return { ...arrival, at: last };
        });
        const [heard] = hear(arrivals, 2000);
        const [first, end] = extentOf(heard);
        expect(isClean(heard.subarray(first, end))).toBe(true);
        // Up to 60 ms of delay were made good by playing faster.
        expect((end - first) / PER_MS).toBeGreaterThan(1930);
      }),
      { numRuns: 20 },
    );
  });

  test('that pauses goes on where time went on', () => {
    const before = spoken(25, { isTold });
    const after = spoken(25, { isTold, from: 3000 });
    const [heard] = hear([...before, ...after], 4000);
    expect(extentOf(heard.subarray(0, 2000 * PER_MS))[1] / PER_MS).toBeCloseTo(500, -1);
    expect(2000 + extentOf(heard.subarray(2000 * PER_MS))[0] / PER_MS).toBeCloseTo(3000, -1);
  });

  test('of a clock that drifts stays in time, and without a click', () => {
    // 0.2% is a hundred times worse than a telephone's.
    for (const drift of [0.998, 1.002]) {
      const arrivals = spoken(1000, { isTold }).map((arrival) => ({ ...arrival, at: arrival.at * drift }));
      const [heard] = hear(arrivals, 20_000 * drift);
      const [first, end] = extentOf(heard);
      expect(isClean(heard.subarray(first, end))).toBe(true);
      expect(Math.abs((end - first) / PER_MS - 20_000 * drift)).toBeLessThan(40);
    }
  });

  test('that falls behind for good is heard again, and in time, after a second', () => {
    const arrivals = spoken(200, { isTold, delay: (i) => (i < 100 ? 0 : 400) });
    const [heard] = hear(arrivals, 4400);
    const late = heard.subarray(3600 * PER_MS, 4200 * PER_MS);
    expect(amplitudeAt(HZ, 16_000, late) / 16_000).toBeCloseTo(1, 1);
    expect(extentOf(heard)[1] / PER_MS).toBeGreaterThan(4380);
  });

  test('of long frames loses nothing to their length', () => {
    for (const frameMs of [100, 200]) {
      const arrivals = Array.from({ length: 20 }, (_, i) => ({
        at: (i + 1) * frameMs,
        samples: tone(HZ, 8000, frameMs, 16_000, i * frameMs * 8),
        ...(isTold && { positionMs: i * frameMs }),
      }));
      const [heard] = hear(arrivals, 20 * frameMs + 200);
      const [first, end] = extentOf(heard);
      expect((end - first) / PER_MS).toBeGreaterThan(20 * frameMs - 10);
      expect(isClean(heard.subarray(first, end))).toBe(true);
    }
  });
});

describe('positions', () => {
  test('put both parties where they belong, also when one of them is late', () => {
    const [customer, assistant] = hear(
      [...spoken(50, { party: 0 }), ...spoken(50, { party: 1, from: 200, delay: () => 70 })],
      1400,
    );
    expect(extentOf(assistant)[0] - extentOf(customer)[0]).toBeCloseTo(200 * PER_MS, -2);
  });

  test('put frames in order that come in another, and leave a hole where one never came', () => {
    const all = spoken(50).map((arrival, i) => ({ ...arrival, at: 40 + (i ^ 1) * 20 }));
    const [heard] = hear(all.toSpliced(30, 1), 1000);
    const hole = heard.subarray(601 * PER_MS, 619 * PER_MS);
    expect(hole.every((sample) => sample === 0)).toBe(true);
    expect(amplitudeAt(HZ, 16_000, heard.subarray(200 * PER_MS, 600 * PER_MS)) / 16_000).toBeCloseTo(1, 1);
  });

  test('that jumped, by hours or backwards, do not silence the rest', () => {
    for (const jumpMs of [3_600_000, -3_600_000, 5000]) {
      const arrivals = spoken(150).map((arrival, i) => ({
        ...arrival,
        positionMs: 4_000_000 + i * 20 + (i < 70 ? 0 : jumpMs),
      }));
      const [heard] = hear(arrivals, 3000);
      // What is far ahead of its time is so by mistake; what is late is given a second to prove it.
      const from = jumpMs > 0 ? 1450 : 2600;
      const rest = heard.subarray(from * PER_MS, 2900 * PER_MS);
      expect(amplitudeAt(HZ, 16_000, rest) / 16_000).toBeCloseTo(1, 1);
      expect(extentOf(heard)[1] / PER_MS).toBeCloseTo(3000, -2);
    }
  });

  test('of two parties that do not count from the same moment are both heard', () => {
    for (const offsetMs of [5000, -5000]) {
      const assistant = spoken(100, { party: 1 }).map((arrival) => ({
        ...arrival,
        positionMs: arrival.positionMs! + offsetMs,
      }));
      const heard = hear([...spoken(100, { party: 0 }), ...assistant], 2000);
      for (const party of heard)
        expect((extentOf(party)[1] - extentOf(party)[0]) / PER_MS).toBeGreaterThan(1980);
    }
  });

  test('that jitter by less than a frame make no click', () => {
    const arrivals = spoken(100).map((arrival, i) => ({
      ...arrival,
      positionMs: arrival.positionMs! + ((i * 7) % 13),
    }));
    const [heard] = hear(arrivals, 2000);
    const [first, end] = extentOf(heard);
    expect(isClean(heard.subarray(first, end))).toBe(true);
  });
});

describe('counted positions', () => {
  test('go on behind a gap that was told', () => {
    const arrivals: Arrival[] = spoken(50, { isTold: false });
    const [heard] = hear(
      arrivals.toSpliced(20, 5).map((arrival, i) => (i === 20 ? { ...arrival, gapMs: 100 } : arrival)),
      1000,
    );
    expect(heard.subarray(405 * PER_MS, 495 * PER_MS).every((sample) => sample === 0)).toBe(true);
    expect(extentOf(heard)[1] / PER_MS).toBeCloseTo(1000, -1);
  });

  test('are set right again after a burst that was held up, within two seconds', () => {
    const arrivals = spoken(250, { isTold: false, delay: (i) => (i >= 50 && i < 65 ? (65 - i) * 20 : 0) });
    const [heard] = hear(arrivals, 5000);
    expect(Math.abs(extentOf(heard)[1] / PER_MS - 5000)).toBeLessThan(25);
    expect(largestStep(heard.subarray(2000 * PER_MS, 4900 * PER_MS))).toBeLessThan(STEEPEST * 1.5);
  });
});

test('whatever comes, and whenever, a track neither throws nor puts down noise of its own', () => {
  const anyArrival = fc.record({
    at: fc.nat(3000),
    party: fc.nat(1),
    samples: fc.nat(800).map((length) => new Int16Array(length).fill(1000)),
    positionMs: fc.option(fc.integer({ min: -5000, max: 100_000 }), { nil: undefined }),
    gapMs: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(anyArrival, { maxLength: 60 }), (arrivals) => {
      for (const channel of hear(arrivals as Arrival[], 3000))
        // The edges of a sound overshoot, those of a very short one more; nothing is louder than that.
        expect(Math.max(...channel.map(Math.abs))).toBeLessThan(1600);
    }),
    { numRuns: 100 },
  );
});
