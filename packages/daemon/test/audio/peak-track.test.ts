/** Peaks of audio that arrives late are at the time of the audio. */
import { describe, expect, test } from 'vitest';
import { createPeakTrack, MAX_HELD_PEAKS } from '../../src/audio/waveforms/peak-track.ts';

const FRAME_MS = 20;
const COUNT = 200;

interface Peak {
  /** Number of the frame. */
  readonly frame: number;
  readonly at: number;
}

/** Returns the peaks of frames in the order in which they are put. `arrival` returns when a frame arrives, ms. */
function play(arrival: (frame: number) => number, isReported: boolean, count = COUNT): readonly Peak[] {
  const peaks: Peak[] = [];
  const track = createPeakTrack({ base: undefined }, (frame, at) => void peaks.push({ frame, at }));
  for (let frame = 0; frame < count; frame++) {
    const positionMs = isReported ? 7000 + frame * FRAME_MS : undefined;
    track.write({ peakDb: frame, durationMs: FRAME_MS, positionMs }, arrival(frame));
  }
  track.end();
  return peaks;
}

const inTime = (frame: number): number => 1000 + (frame + 1) * FRAME_MS;
const heldUp =
  (from: number, ms: number) =>
  (frame: number): number =>
    frame >= from && frame < from + ms / FRAME_MS ? inTime(from + ms / FRAME_MS - 1) : inTime(frame);
const clumps =
  (ms: number) =>
  (frame: number): number =>
    inTime(Math.ceil((frame + 1) / (ms / FRAME_MS)) * (ms / FRAME_MS) - 1);

describe.each([true, false])('peaks (reported positions: %s)', (isReported) => {
  test.each<readonly [string, (frame: number) => number]>([
    ['in time', inTime],
    ...[200, 500, 800, 1500, 5000].map((ms) => [`held up for ${ms} ms`, heldUp(75, ms)] as const),
    ...[200, 500].map((ms) => [`in clumps of ${ms} ms`, clumps(ms)] as const),
    ['held up at the start', heldUp(0, 1500)],
  ])('%s are at the time of their audio', (_name, arrival) => {
    const peaks = play(arrival, isReported, 400);
    expect(peaks.map(({ frame }) => frame)).toEqual(Array.from({ length: 400 }, (_, frame) => frame));
    for (const { frame, at } of peaks) expect(Math.abs(at - (inTime(frame) - FRAME_MS))).toBeLessThan(1);
  });
});

test('a pause without frames stays a pause if positions are not reported', () => {
  const peaks = play((frame) => inTime(frame) + (frame < 100 ? 0 : 3000), false);
  for (const { frame, at } of peaks)
    expect(Math.abs(at - inTime(frame) + FRAME_MS - (frame < 100 ? 0 : 3000))).toBeLessThan(1);
});

test('parties of a stream share the mapping', () => {
  const shared = { base: undefined };
  const times: number[] = [];
  const tracks = [0, 1].map(() => createPeakTrack(shared, (_peakDb, at) => void times.push(at)));
  for (let frame = 0; frame < 20; frame++)
    for (const [party, track] of tracks.entries())
      track.write(
        { peakDb: -10, durationMs: FRAME_MS, positionMs: frame * FRAME_MS },
        inTime(frame) + 7 * party,
      );
  for (const track of tracks) track.end();
  expect(new Set(times).size).toBe(20);
});

test('a gap without reported positions is kept', () => {
  const times: number[] = [];
  const track = createPeakTrack({ base: undefined }, (_peakDb, at) => void times.push(at));
  for (let frame = 0; frame < 40; frame++) {
    if (frame === 20) track.gap(100);
    track.write(
      { peakDb: -10, durationMs: FRAME_MS, positionMs: undefined },
      inTime(frame) + (frame < 20 ? 0 : 100),
    );
  }
  track.end();
  expect(Math.round(times[20]! - times[19]!)).toBe(120);
});

test('collects a limited number of peaks', () => {
  const times: number[] = [];
  const track = createPeakTrack({ base: undefined }, (_peakDb, at) => void times.push(at));
  for (let frame = 0; frame < MAX_HELD_PEAKS; frame++)
    track.write({ peakDb: -10, durationMs: 0, positionMs: undefined }, 0);
  expect(times).toHaveLength(MAX_HELD_PEAKS);
});
