import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LevelMeter, SILENCE_DB } from '@sidetone/core';

const RATE = 16_000;

function sine(ms: number, { hz = 1000, amplitude = 32_767, rate = RATE } = {}): Int16Array {
  const samples = Math.round((rate * ms) / 1000);
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / rate)),
  );
}

/** Pushes audio in frames of 20 ms in real time. Returns the time after the last frame. */
function play(meter: LevelMeter, samples: Int16Array, from = 0, rate = RATE): number {
  const frame = rate / 50;
  let now = from;
  for (let i = 0; i < samples.length; i += frame) meter.push(samples.subarray(i, i + frame), (now += 20));
  return now;
}

describe('read', () => {
  test('returns -3.01 dBFS RMS and 0 dBFS peak for a full-scale sine at every common rate', () => {
    for (const rate of [8000, 16_000, 24_000, 48_000]) {
      const meter = new LevelMeter(rate);
      const level = meter.read(play(meter, sine(500, { rate }), 0, rate), 100);
      expect(level.rmsDb).toBeCloseTo(-3.01, 2);
      expect(level.peakDb).toBeCloseTo(0, 2);
    }
  });

  test('returns 20 dB less for a tenth of the amplitude', () => {
    const meter = new LevelMeter(RATE);
    const level = meter.read(play(meter, sine(500, { amplitude: 3276.7 })), 100);
    expect(level.rmsDb).toBeCloseTo(-23.01, 1);
    expect(level.peakDb).toBeCloseTo(-20, 1);
  });

  test('returns the minimum for silence and for no audio', () => {
    const meter = new LevelMeter(RATE);
    expect(meter.read(0, 100)).toEqual({ rmsDb: SILENCE_DB, peakDb: SILENCE_DB, speaking: false });
    expect(meter.read(play(meter, new Int16Array(RATE)), 100).rmsDb).toBe(SILENCE_DB);
  });

  test('treats -32768 as full scale', () => {
    const meter = new LevelMeter(RATE);
    expect(meter.read(play(meter, new Int16Array(RATE / 10).fill(-32_768)), 100).peakDb).toBeCloseTo(0, 5);
  });

  test('returns equal RMS and peak for a constant', () => {
    const meter = new LevelMeter(RATE);
    const level = meter.read(play(meter, new Int16Array(RATE / 10).fill(16_384)), 100);
    expect([level.rmsDb, level.peakDb]).toEqual([expect.closeTo(-6.02, 2), expect.closeTo(-6.02, 2)]);
  });

  test('never returns more than full scale for clipped audio', () => {
    const meter = new LevelMeter(RATE);
    const square = sine(500, { amplitude: 32_767 }).map((sample) => (sample < 0 ? -32_768 : 32_767));
    const level = meter.read(play(meter, square), 100);
    expect([level.rmsDb, level.peakDb]).toEqual([expect.closeTo(0, 2), expect.closeTo(0, 2)]);
    expect(Math.max(level.rmsDb, level.peakDb)).toBeLessThanOrEqual(0);
  });

  test('falls to silence when a track stops', () => {
    const meter = new LevelMeter(RATE);
    const now = play(meter, sine(500));
    expect(meter.read(now + 1000, 100).rmsDb).toBe(SILENCE_DB);
  });

  test('does not drop when a frame is late by less than network jitter', () => {
    const meter = new LevelMeter(RATE);
    const now = play(meter, sine(500));
    expect(meter.read(now + 80, 100).rmsDb).toBeCloseTo(-3.01, 2);
  });

  test('measures one channel of interleaved audio', () => {
    const loud = sine(400);
    const stereo = new Int16Array(loud.length * 2);
    loud.forEach((sample, i) => (stereo[i * 2 + 1] = sample));
    const [left, right] = [new LevelMeter(RATE), new LevelMeter(RATE)];
    left.push(stereo, 400, 0, 2);
    right.push(stereo, 400, 1, 2);
    expect(left.read(400, 100).rmsDb).toBe(SILENCE_DB);
    expect(right.read(400, 100).rmsDb).toBeCloseTo(-3.01, 2);
  });

  test('does not depend on how the audio is cut into frames, or on the number of channels', () => {
    const audio = sine(200, { hz: 440, amplitude: 9000 });
    const whole = new LevelMeter(RATE);
    whole.push(audio, 200);
    const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 3 }), fc.nat(2), (lengths, stride, channel) => {
        const offset = channel % stride;
        const meter = new LevelMeter(RATE);
        for (let at = 0, cut = 0; at < audio.length; cut++) {
          const piece = audio.subarray(at, (at += lengths[cut % lengths.length]!));
          const frame = new Int16Array(piece.length * stride).fill(30_000);
          piece.forEach((sample, i) => (frame[i * stride + offset] = sample));
          meter.push(frame, 200, offset, stride);
        }
        expect(meter.read(200, 200)).toEqual(whole.read(200, 200));
        expect(meter.takePeakDb()).toBeCloseTo(20 * Math.log10(9000 / 32_768), 2);
      }),
    );
  });

  test('covers the requested window, independent of other readers', () => {
    const meter = new LevelMeter(RATE);
    const now = play(meter, new Int16Array(RATE / 10), play(meter, sine(100)));
    expect(meter.read(now, 100).rmsDb).toBe(SILENCE_DB);
    expect(meter.read(now, 200).rmsDb).toBeCloseTo(-6.02, 1);
  });
});

describe('takePeakDb', () => {
  test('returns the peak of the blocks completed since the previous call', () => {
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
  test('starts above one level and continues down to a lower one', () => {
    // -45 dBFS RMS: below the level that starts speech, above the level that ends it.
    const between = { amplitude: 32_768 * Math.SQRT2 * 10 ** (-45 / 20) };
    const meter = new LevelMeter(RATE);
    let now = play(meter, sine(1000, between));
    expect(meter.read(now, 100).speaking).toBe(false);
    now = play(meter, sine(40, { amplitude: 3000 }), now);
    now = play(meter, sine(1000, between), now);
    expect(meter.read(now, 100).speaking).toBe(true);
  });

  test('starts with sound, continues through a short pause, and ends with silence', () => {
    const meter = new LevelMeter(RATE);
    let now = play(meter, sine(200, { amplitude: 3000 }));
    expect(meter.read(now, 100).speaking).toBe(true);
    now = play(meter, new Int16Array((RATE * 200) / 1000), now);
    expect(meter.read(now, 100).speaking).toBe(true);
    now = play(meter, new Int16Array((RATE * 400) / 1000), now);
    expect(meter.read(now, 100).speaking).toBe(false);
  });
});
