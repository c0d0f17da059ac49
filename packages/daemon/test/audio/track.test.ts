import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCompleteTrack } from '../../src/audio/complete-track.ts';
import { createStreamClock, createTrack, PLAYOUT_DELAY_MS, type TrackFrame } from '../../src/audio/track.ts';
import { FRAME_SAMPLES } from '../../src/audio/frames.ts';
import { createTimeline } from '../../src/audio/timeline.ts';
import { amplitudeAt, channelOf, concat, extentOf, largestStep, tone } from './signals.ts';

const PER_MS = 16;
const HZ = 400;
/** The steepest step of the tone at 16 kHz, with a margin for a trimmed speed and rounding. */
const STEEPEST = 16_000 * 2 * Math.PI * (HZ / 16_000) * 1.02 + 20;

/** Delay of a frame by its number, ms. */
const NO_DELAY: (frame: number) => number = () => 0;

interface Arrival {
  /** Time of arrival, ms. */
  readonly at: number;
  readonly party?: number;
  readonly samples: Int16Array;
  readonly positionMs?: number;
  /** Gap reported just before the frame. */
  readonly gapMs?: number;
}

/** Plays arrivals into tracks with one clock, takes each frame 120 ms behind, and returns the output of each party. */
function playOut(arrivals: readonly Arrival[], ms: number, rate = 8000): readonly [Int16Array, Int16Array] {
  const timeline = createTimeline();
  const clock = createStreamClock();
  const tracks = [0, 1].map((channel) =>
    createTrack(
      rate,
      clock,
      (samples, at) => void timeline.put(channel, samples, at),
      () => undefined,
    ),
  );
  const frames: Int16Array[] = [];
  const waiting = arrivals.toSorted((a, b) => a.at - b.at);
  for (let now = 0; now <= ms + PLAYOUT_DELAY_MS; now++) {
    while (waiting[0] && waiting[0].at <= now) {
      const { party = 0, samples, positionMs, gapMs } = waiting.shift()!;
      if (gapMs !== undefined) tracks[party]!.gap(gapMs);
      const reported = positionMs === undefined ? {} : { positionMs };
      tracks[party]!.write({ samples, offset: 0, stride: 1, ...reported }, now * PER_MS, timeline.taken);
    }
    while (timeline.taken + FRAME_SAMPLES <= (now - PLAYOUT_DELAY_MS) * PER_MS) frames.push(timeline.take());
  }
  const all = concat(frames);
  return [channelOf(all, 0), channelOf(all, 1)];
}

/** Returns a tone in frames of 20 ms that arrive `delay` after their last sample was spoken. */
function spoken(
  count: number,
  { rate = 8000, hz = HZ, from = 0, party = 0, isReported = true, delay = NO_DELAY } = {},
): Arrival[] {
  const frame = (rate * 20) / 1000;
  return Array.from({ length: count }, (_, i) => ({
    at: from + (i + 1) * 20 + delay(i),
    party,
    samples: tone(hz, rate, 20, 16_000, i * frame),
    ...(isReported && { positionMs: from + i * 20 }),
  }));
}

/** Returns whether the samples after the onset contain no click. */
const isClean = (samples: Int16Array): boolean => largestStep(samples.subarray(100)) < STEEPEST;

describe.each([true, false])('a track with reported positions: %s', (isReported) => {
  test('plays without clicks and at the same level at every sample rate', () => {
    for (const rate of [8000, 16_000, 24_000, 48_000]) {
      const [output] = playOut(spoken(50, { rate, isReported }), 1000, rate);
      const middle = output.subarray(1600, 14_400);
      expect(isClean(middle)).toBe(true);
      expect(amplitudeAt(HZ, 16_000, middle) / 16_000).toBeCloseTo(1, 2);
      expect(extentOf(output)[0]).toBeLessThan(20);
    }
  });

  test('plays without clicks if frames are late by less than the playout delay', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 100, maxLength: 100 }), (jitter) => {
        // Frames of one socket arrive in order.
        let last = 0;
        const arrivals = spoken(100, { isReported, delay: (i) => jitter[i]! }).map((arrival) => {
          last = Math.max(last, arrival.at);
          return { ...arrival, at: last };
        });
        const [output] = playOut(arrivals, 2000);
        const [first, end] = extentOf(output);
        expect(isClean(output.subarray(first, end))).toBe(true);
        // Up to 60 ms of delay were recovered by playing faster.
        expect((end - first) / PER_MS).toBeGreaterThan(1930);
      }),
      { numRuns: 20 },
    );
  });

  test('resumes after a pause at the current time', () => {
    const before = spoken(25, { isReported });
    const after = spoken(25, { isReported, from: 3000 });
    const [output] = playOut([...before, ...after], 4000);
    expect(extentOf(output.subarray(0, 2000 * PER_MS))[1] / PER_MS).toBeCloseTo(500, -1);
    expect(2000 + extentOf(output.subarray(2000 * PER_MS))[0] / PER_MS).toBeCloseTo(3000, -1);
  });

  test('follows a drifting clock without clicks', () => {
    // 0.2% is a hundred times worse than a telephone's.
    for (const drift of [0.998, 1.002]) {
      const arrivals = spoken(1000, { isReported }).map((arrival) => ({
        ...arrival,
        at: arrival.at * drift,
      }));
      const [output] = playOut(arrivals, 20_000 * drift);
      const [first, end] = extentOf(output);
      expect(isClean(output.subarray(first, end))).toBe(true);
      expect(Math.abs((end - first) / PER_MS - 20_000 * drift)).toBeLessThan(40);
    }
  });

  test('recovers from a permanent delay after a second', () => {
    const arrivals = spoken(200, { isReported, delay: (i) => (i < 100 ? 0 : 400) });
    const [output] = playOut(arrivals, 4400);
    const late = output.subarray(3600 * PER_MS, 4200 * PER_MS);
    expect(amplitudeAt(HZ, 16_000, late) / 16_000).toBeCloseTo(1, 1);
    expect(extentOf(output)[1] / PER_MS).toBeGreaterThan(4380);
  });

  test('loses nothing of long frames', () => {
    for (const frameMs of [100, 200]) {
      const arrivals = Array.from({ length: 20 }, (_, i) => ({
        at: (i + 1) * frameMs,
        samples: tone(HZ, 8000, frameMs, 16_000, i * frameMs * 8),
        ...(isReported && { positionMs: i * frameMs }),
      }));
      const [output] = playOut(arrivals, 20 * frameMs + 200);
      const [first, end] = extentOf(output);
      expect((end - first) / PER_MS).toBeGreaterThan(20 * frameMs - 10);
      expect(isClean(output.subarray(first, end))).toBe(true);
    }
  });
});

describe('reported positions', () => {
  test('keep both parties aligned if one of them is late', () => {
    const [customer, assistant] = playOut(
      [...spoken(50, { party: 0 }), ...spoken(50, { party: 1, from: 200, delay: () => 70 })],
      1400,
    );
    expect(extentOf(assistant)[0] - extentOf(customer)[0]).toBeCloseTo(200 * PER_MS, -2);
  });

  test('reorder frames and leave a gap for a missing one', () => {
    const all = spoken(50).map((arrival, i) => ({ ...arrival, at: 40 + (i ^ 1) * 20 }));
    const [output] = playOut(all.toSpliced(30, 1), 1000);
    const hole = output.subarray(601 * PER_MS, 619 * PER_MS);
    expect(hole.every((sample) => sample === 0)).toBe(true);
    expect(amplitudeAt(HZ, 16_000, output.subarray(200 * PER_MS, 600 * PER_MS)) / 16_000).toBeCloseTo(1, 1);
  });

  test('may jump by hours or backwards without silencing the rest', () => {
    for (const jumpMs of [3_600_000, -3_600_000, 5000]) {
      const arrivals = spoken(150).map((arrival, i) => ({
        ...arrival,
        positionMs: 4_000_000 + i * 20 + (i < 70 ? 0 : jumpMs),
      }));
      const [output] = playOut(arrivals, 3000);
      // A jump ahead is corrected at once, a jump back only after a second of late frames.
      const from = jumpMs > 0 ? 1450 : 2600;
      const rest = output.subarray(from * PER_MS, 2900 * PER_MS);
      expect(amplitudeAt(HZ, 16_000, rest) / 16_000).toBeCloseTo(1, 1);
      expect(extentOf(output)[1] / PER_MS).toBeCloseTo(3000, -2);
    }
  });

  test('of two parties may have different origins', () => {
    for (const offsetMs of [5000, -5000]) {
      const assistant = spoken(100, { party: 1 }).map((arrival) => ({
        ...arrival,
        positionMs: arrival.positionMs! + offsetMs,
      }));
      const output = playOut([...spoken(100, { party: 0 }), ...assistant], 2000);
      for (const party of output)
        expect((extentOf(party)[1] - extentOf(party)[0]) / PER_MS).toBeGreaterThan(1980);
    }
  });

  test('may jitter by less than a frame without clicks', () => {
    const arrivals = spoken(100).map((arrival, i) => ({
      ...arrival,
      positionMs: arrival.positionMs! + ((i * 7) % 13),
    }));
    const [output] = playOut(arrivals, 2000);
    const [first, end] = extentOf(output);
    expect(isClean(output.subarray(first, end))).toBe(true);
  });
});

describe('counted positions', () => {
  test('continue after a reported gap', () => {
    const arrivals: Arrival[] = spoken(50, { isReported: false });
    const [output] = playOut(
      arrivals.toSpliced(20, 5).map((arrival, i) => (i === 20 ? { ...arrival, gapMs: 100 } : arrival)),
      1000,
    );
    expect(output.subarray(405 * PER_MS, 495 * PER_MS).every((sample) => sample === 0)).toBe(true);
    expect(extentOf(output)[1] / PER_MS).toBeCloseTo(1000, -1);
  });

  test('are corrected within two seconds after a delayed burst', () => {
    const arrivals = spoken(250, {
      isReported: false,
      delay: (i) => (i >= 50 && i < 65 ? (65 - i) * 20 : 0),
    });
    const [output] = playOut(arrivals, 5000);
    expect(Math.abs(extentOf(output)[1] / PER_MS - 5000)).toBeLessThan(25);
    expect(largestStep(output.subarray(2000 * PER_MS, 4900 * PER_MS))).toBeLessThan(STEEPEST * 1.5);
  });
});

test('a track never throws and adds no noise, for any arrivals', () => {
  const anyArrival = fc.record({
    at: fc.nat(3000),
    party: fc.nat(1),
    samples: fc.nat(800).map((length) => new Int16Array(length).fill(1000)),
    positionMs: fc.option(fc.integer({ min: -5000, max: 100_000 }), { nil: undefined }),
    gapMs: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(anyArrival, { maxLength: 60 }), (arrivals) => {
      for (const channel of playOut(arrivals as Arrival[], 3000))
        // The edges of a sound overshoot, more so for short sounds, up to this limit.
        expect(Math.max(...channel.map(Math.abs))).toBeLessThan(1600);
    }),
    { numRuns: 100 },
  );
});

/** Puts the start of audio that the track releases. */
type OnPut = (samples: Int16Array, at: number) => void;

const TRACKS = {
  'for listeners'(onPut: OnPut) {
    const track = createTrack(8000, createStreamClock(), onPut, () => undefined);
    return { ...track, write: (frame: TrackFrame, now: number) => track.write(frame, now, 0) };
  },
  'for recordings': (onPut: OnPut) => createCompleteTrack(8000, { base: undefined }, onPut),
} as const;

test.each(Object.entries(TRACKS))(
  '%s, audio is put at whole samples, whatever the clock and the reported positions are',
  (_, create) => {
    const starts: number[] = [];
    const track = create((_samples, at) => void starts.push(at));
    for (let i = 0; i < 40; i++) {
      // Each gap begins a part with a position of its own.
      const positionMs = i * 20.37 + Math.floor(i / 5) * 150.3;
      const frame = { samples: tone(HZ, 8000, 20), offset: 0, stride: 1, positionMs };
      track.write(frame, (1000.123 + positionMs) * PER_MS);
    }
    track.end();
    expect(starts.filter((at) => !Number.isInteger(at))).toEqual([]);
    expect(starts.length).toBeGreaterThan(40);
  },
);
