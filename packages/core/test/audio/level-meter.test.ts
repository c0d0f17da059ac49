import { describe, expect, test } from 'vitest';
import { LevelMeter, SILENCE_DB } from '@sidetone/core';

const RATE = 16_000;

function sine(ms: number, { hz = 1000, amplitude = 32_767, rate = RATE } = {}): Int16Array {
  const samples = Math.round((rate * ms) / 1000);
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / rate)),
  );
}

/** Pushes audio in frames of 20 ms, at the pace of a clock that stands behind each frame. */
function play(meter: LevelMeter, samples: Int16Array, from = 0, rate = RATE): number {
  const frame = rate / 50;
  let now = from;
  for (let i = 0; i < samples.length; i += frame) meter.push(samples.subarray(i, i + frame), (now += 20));
  return now;
}

describe('a level', () => {
  test('of a full-scale sine is -3.01 dBFS rms and 0 dBFS peak, at every usual rate', () => {
    for (const rate of [8000, 16_000, 24_000, 48_000]) {
      const meter = new LevelMeter(rate);
      const level = meter.read(play(meter, sine(500, { rate }), 0, rate), 100);
      expect(level.rmsDb).toBeCloseTo(-3.01, 2);
      expect(level.peakDb).toBeCloseTo(0, 2);
    }
  });

  test('falls by 20 dB when the amplitude falls to a tenth', () => {
    const meter = new LevelMeter(RATE);
    const level = meter.read(play(meter, sine(500, { amplitude: 3276.7 })), 100);
    expect(level.rmsDb).toBeCloseTo(-23.01, 1);
    expect(level.peakDb).toBeCloseTo(-20, 1);
  });

  test('of silence, and of nothing, is the floor', () => {
    const meter = new LevelMeter(RATE);
    expect(meter.read(0, 100)).toEqual({ rmsDb: SILENCE_DB, peakDb: SILENCE_DB, speaking: false });
    expect(meter.read(play(meter, new Int16Array(RATE)), 100).rmsDb).toBe(SILENCE_DB);
  });

  test('of the lowest sample is full scale: -32768 has no positive twin', () => {
    const meter = new LevelMeter(RATE);
    expect(meter.read(play(meter, new Int16Array(RATE / 10).fill(-32_768)), 100).peakDb).toBeCloseTo(0, 5);
  });

  test('of a constant is its own, rms and peak alike', () => {
    const meter = new LevelMeter(RATE);
    const level = meter.read(play(meter, new Int16Array(RATE / 10).fill(16_384)), 100);
    expect([level.rmsDb, level.peakDb]).toEqual([expect.closeTo(-6.02, 2), expect.closeTo(-6.02, 2)]);
  });

  test('of what is clipped is louder than a full-scale sine, and never above full scale', () => {
    const meter = new LevelMeter(RATE);
    const square = sine(500, { amplitude: 32_767 }).map((sample) => (sample < 0 ? -32_768 : 32_767));
    const level = meter.read(play(meter, square), 100);
    expect([level.rmsDb, level.peakDb]).toEqual([expect.closeTo(0, 2), expect.closeTo(0, 2)]);
    expect(Math.max(level.rmsDb, level.peakDb)).toBeLessThanOrEqual(0);
  });

  test('of a track that stopped sending falls to silence', () => {
    const meter = new LevelMeter(RATE);
    const now = play(meter, sine(500));
    expect(meter.read(now + 1000, 100).rmsDb).toBe(SILENCE_DB);
  });

  test('does not drop because a frame is late by less than the jitter of a network', () => {
    const meter = new LevelMeter(RATE);
    const now = play(meter, sine(500));
    expect(meter.read(now + 80, 100).rmsDb).toBeCloseTo(-3.01, 2);
  });

  test('of interleaved audio is that of the channel asked for', () => {
    const loud = sine(400);
    const stereo = new Int16Array(loud.length * 2);
    loud.forEach((sample, i) => (stereo[i * 2 + 1] = sample));
    const [left, right] = [new LevelMeter(RATE), new LevelMeter(RATE)];
    left.push(stereo, 400, 0, 2);
    right.push(stereo, 400, 1, 2);
    expect(left.read(400, 100).rmsDb).toBe(SILENCE_DB);
    expect(right.read(400, 100).rmsDb).toBeCloseTo(-3.01, 2);
  });

  test('looks back as far as its reader asks, so readers do not disturb each other', () => {
    const meter = new LevelMeter(RATE);
    const now = play(meter, new Int16Array(RATE / 10), play(meter, sine(100)));
    expect(meter.read(now, 100).rmsDb).toBe(SILENCE_DB);
    expect(meter.read(now, 200).rmsDb).toBeCloseTo(-6.02, 1);
  });
});

describe('the peak since it was taken last', () => {
  test('is the largest of the blocks that were completed, and nothing when there were none', () => {
    const meter = new LevelMeter(RATE);
    expect(meter.takePeakDb()).toBeUndefined();
    const now = play(meter, sine(40, { amplitude: 3276.7 }), play(meter, sine(20)));
    expect(meter.takePeakDb()).toBeCloseTo(0, 2);
    expect(meter.takePeakDb()).toBeUndefined();
    meter.push(sine(10), now);
    expect(meter.takePeakDb()).toBeUndefined();
    meter.push(new Int16Array(RATE / 50), now);
    expect(meter.takePeakDb()).toBeCloseTo(0, 2);
    meter.push(new Int16Array(RATE / 50), now);
    expect(meter.takePeakDb()).toBe(SILENCE_DB);
  });
});

describe('speaking', () => {
  test('begins above one level and goes on down to a lower one: in between it does not flutter', () => {
    // -45 dBFS rms: below what begins speech, above what ends it.
    const between = { amplitude: 32_768 * Math.SQRT2 * 10 ** (-45 / 20) };
    const meter = new LevelMeter(RATE);
    let now = play(meter, sine(1000, between));
    expect(meter.read(now, 100).speaking).toBe(false);
    now = play(meter, sine(40, { amplitude: 3000 }), now);
    now = play(meter, sine(1000, between), now);
    expect(meter.read(now, 100).speaking).toBe(true);
  });

  test('begins with sound, holds through a short pause, and ends with silence', () => {
    const meter = new LevelMeter(RATE);
    let now = play(meter, sine(200, { amplitude: 3000 }));
    expect(meter.read(now, 100).speaking).toBe(true);
    now = play(meter, new Int16Array((RATE * 200) / 1000), now);
    expect(meter.read(now, 100).speaking).toBe(true);
    now = play(meter, new Int16Array((RATE * 400) / 1000), now);
    expect(meter.read(now, 100).speaking).toBe(false);
  });
});
