import { decodePcm16le, encodePcm16le } from '@sidetone/core';
import { MAX_AHEAD_MS } from '@sidetone/plugin-kit';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createByteOrder } from '../../src/stream/byte-order.ts';
import { SMOOTHING_MS, type SourceFormat } from '../../src/relay/audio-runs.ts';
import { createPlaybackTimeline } from '../../src/relay/playback-timeline.ts';

const MULAW: SourceFormat = { encoding: 'mulaw', sampleRate: 8000, byteOrder: undefined };
const wide = (sampleRate: number, order: 'le' | 'be' = 'le'): SourceFormat => ({
  encoding: 'pcm_s16le',
  sampleRate,
  byteOrder: createByteOrder({ configured: order, sampleRate }),
});

function start(sampleRate = 8000) {
  const clock = createFakeClock();
  const demand = { now: true };
  const written: { readonly positionMs: number; readonly samples: Int16Array }[] = [];
  const skipped: number[] = [];
  const timeline = createPlaybackTimeline({
    clock,
    format: { encoding: 'pcm_s16le', sampleRate },
    hasDemand: () => demand.now,
    write: (bytes, positionMs) => written.push({ positionMs, samples: decodePcm16le(bytes).slice() }),
    skip: (bytes) => skipped.push(bytes),
  });
  return {
    clock,
    timeline,
    demand,
    written,
    skipped,
    positions: () => written.map(({ positionMs }) => positionMs),
  };
}

const silence = (ms: number): string => Buffer.alloc(ms * 8, 0xff).toString('base64');
/** A tone of 440 Hz, from sample `from` on. */
const tone = (sampleRate: number, from: number, count: number): string =>
  Buffer.from(
    encodePcm16le(
      Int16Array.from(
        { length: count },
        (_, i) => 8000 * Math.sin((2 * Math.PI * 440 * (from + i)) / sampleRate),
      ),
    ),
  ).toString('base64');

describe('the playback timeline', () => {
  it('joins slightly late audio without a gap, and places later audio where it is', async () => {
    const { clock, timeline, positions } = start();
    timeline.push(silence(20), MULAW);
    await clock.advance(20 + SMOOTHING_MS);
    timeline.push(silence(20), MULAW);
    await clock.advance(20 + SMOOTHING_MS + 40);
    timeline.push(silence(20), MULAW);
    await clock.advance(1000);
    expect(positions()).toEqual([0, 20, 200]);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [24_000, 8000],
    [16_000, 8000],
    [8000, 16_000],
    [24_000, 16_000],
    [8000, 24_000],
  ])('resamples %i Hz to %i Hz without a seam between payloads', async (from, to) => {
    const { clock, timeline, written } = start(to);
    const pieceSamples = from / 50;
    for (let piece = 0; piece < 20; piece++) {
      timeline.push(tone(from, piece * pieceSamples, pieceSamples), wide(from));
      await clock.advance(20);
    }
    await clock.advance(1000);
    const samples = written.flatMap(({ samples }) => [...samples]);
    expect(samples).toHaveLength((to * 400) / 1000);
    // Except at both ends, it is the tone itself.
    const error = samples
      .map((value, i) => Math.abs(value - 8000 * Math.sin((2 * Math.PI * 440 * i) / to)))
      .slice(100, -100);
    expect(Math.max(...error)).toBeLessThan(100);
  });

  it.each([-300_000, -2000, 2000, 3_600_000, 39_600_000])(
    'plays audio without a gap if the wall clock is set by %i ms',
    async (stepMs) => {
      const { clock, timeline, positions } = start();
      timeline.push(silence(1000), MULAW);
      await clock.advance(500);
      clock.stepWallClock(stepMs);
      timeline.push(silence(1000), MULAW);
      await clock.advance(2500);
      expect(positions()).toEqual(Array.from({ length: 100 }, (_, i) => i * 20));
      expect(timeline.droppedMs).toBe(0);
    },
  );

  it('decodes other byte orders and encodings', async () => {
    const { clock, timeline, written } = start();
    timeline.push(Buffer.from([0x12, 0x34, 0x12, 0x34]).toString('base64'), wide(8000, 'be'));
    timeline.push(silence(20), MULAW);
    await clock.advance(200);
    expect(written[0]!.samples.slice(0, 3)).toEqual(Int16Array.of(0x1234, 0x1234, 0));
  });

  it('replaces an invalid payload by silence of its length', async () => {
    const { clock, timeline, written, positions } = start();
    timeline.push('@@not*base64@@', MULAW);
    timeline.push(silence(20), MULAW);
    timeline.push('', MULAW);
    await clock.advance(200);
    expect(positions()).toEqual([0, 20]);
    expect(new Set(written.flatMap(({ samples }) => [...samples]))).toEqual(new Set([0]));
  });

  it('drops and counts audio beyond the limit', async () => {
    const { clock, timeline } = start();
    for (let ms = 0; ms <= MAX_AHEAD_MS; ms += 1000) timeline.push(silence(1000), MULAW);
    timeline.push(silence(500), MULAW);
    expect(timeline.droppedMs).toBe(500);
    timeline.end();
    expect(clock.pending).toBe(0);
  });

  it('runs no timer without demand, and releases past audio', async () => {
    const { clock, timeline, demand, positions } = start();
    demand.now = false;
    timeline.push(silence(5000), MULAW);
    expect(clock.pending).toBe(0);
    await clock.advance(4000);
    demand.now = true;
    timeline.demandChanged();
    await clock.advance(100);
    demand.now = false;
    await clock.advance(100);
    expect(clock.pending).toBe(0);
    expect(positions()[0]).toBe(3940);
    expect(positions().at(-1)).toBe(4020);
    demand.now = true;
    await clock.advance(5000);
    timeline.demandChanged();
    expect(clock.pending).toBe(0);
    expect(timeline.droppedMs).toBe(0);
  });

  it('truncates cleared audio, and continues there', async () => {
    const { clock, timeline, written, positions } = start();
    timeline.push(tone(8000, 0, 8000), wide(8000));
    await clock.advance(50);
    timeline.clear();
    timeline.push(silence(20), MULAW);
    await clock.advance(500);
    expect(positions()).toEqual([0, 20, 40, 60]);
    const samples = written.flatMap(({ samples }) => [...samples]);
    expect(samples.slice(380, 400).some((value) => Math.abs(value) > 1000)).toBe(true);
    expect(samples.slice(400).every((value) => value === 0)).toBe(true);
  });
});

describe('audio that is played without demand', () => {
  it('is counted in frames of 20 ms, each once', async () => {
    const { clock, timeline, demand, written, skipped } = start();
    demand.now = false;
    timeline.push(silence(1000), MULAW);
    timeline.push(silence(1000), MULAW);
    await clock.advance(60_000);
    timeline.push(silence(20), MULAW);
    await clock.advance(1000);
    timeline.end();
    expect(skipped).toEqual(Array.from({ length: 101 }, () => 320));
    expect([written, clock.pending]).toEqual([[], 0]);
  });

  it('is not counted if it was cleared before it was played', async () => {
    const { clock, timeline, demand, skipped } = start();
    demand.now = false;
    timeline.push(silence(2000), MULAW);
    await clock.advance(400);
    timeline.clear();
    await clock.advance(5000);
    timeline.end();
    expect(skipped).toHaveLength(20);
  });

  it('is counted up to the end of the stream, and not beyond it', async () => {
    const { clock, timeline, demand, skipped } = start();
    demand.now = false;
    timeline.push(silence(2000), MULAW);
    await clock.advance(400);
    timeline.end();
    timeline.end();
    expect(skipped).toHaveLength(20);
  });

  it('is counted or written, but not both, when the demand changes', async () => {
    const { clock, timeline, demand, written, skipped } = start();
    demand.now = false;
    timeline.push(silence(3000), MULAW);
    for (const now of [true, false, true]) {
      await clock.advance(1000);
      demand.now = now;
      timeline.demandChanged();
    }
    await clock.advance(5000);
    timeline.end();
    expect(written.length + skipped.length).toBe(150);
    expect(Math.min(written.length, skipped.length)).toBeGreaterThan(40);
  });
});
