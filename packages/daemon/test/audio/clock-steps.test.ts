/** The audio of a call while the wall clock is set back or forward. */
import { providerCallId, type CallId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallAnchors } from '../../src/audio/call-anchors.ts';
import { CallAudioRegistry } from '../../src/audio/call-audio-registry.ts';
import { LevelMeters } from '../../src/audio/level-meters.ts';
import { Streams } from '../../src/audio/streams.ts';
import { Silences } from '../../src/capture/silences.ts';
import { Demand } from '../../src/live/demand.ts';
import { LevelReader } from '../../src/live/level-reader.ts';
import { LevelTicks } from '../../src/live/level-ticks.ts';

const CALL = providerCallId('call') as string as CallId;
/** 20 ms at 16 kHz. */
const FRAME = new Uint8Array(640).fill(0x20);
const STEPS_MS = [-300_000, -2000, 2000, 3_600_000, 39_600_000];

let clock: FakeClock;
let release: (() => void)[];
beforeEach(() => {
  clock = createFakeClock();
  release = [];
});
afterEach(() => {
  for (const undo of release) undo();
});

function start() {
  const demand = new Demand();
  const anchors = new CallAnchors(clock);
  const silences = new Silences({ anchors, clock });
  const levels = new LevelMeters({ clock });
  const audio = new CallAudioRegistry({ demand, anchors, silences, clock });
  const readings: number[] = [];
  const streams = new Streams({
    ingest: { record: () => undefined },
    demand,
    levels,
    audio,
    waveforms: { note: (_callId, _party, _peakDb, at) => void readings.push(at) },
    anchors,
    silences,
    ids: { stream: () => 'stream' as never },
    clock,
  });
  const frames: { readonly at: number; readonly isSilent: boolean }[] = [];
  const frame = (samples: Int16Array, at: number): void =>
    void frames.push({ at, isSilent: samples.every((sample) => sample === 0) });
  release.push(audio.join(CALL, { needsSilence: false, frame }), demand.add('levels', [CALL]));
  const stream = streams.open(CALL, {
    providerCallId: providerCallId('call'),
    encoding: 'pcm_s16le',
    sampleRate: 16_000,
    parties: ['CUSTOMER'],
  });
  const speak = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      stream.write('CUSTOMER', FRAME);
      await clock.advance(20);
    }
  };
  return { frames, levels, readings, speak };
}

describe.each(STEPS_MS)('a wall clock that is set by %i ms during a call', (stepMs) => {
  test('neither loses, repeats nor delays frames of listeners and recordings', async () => {
    const { frames, speak } = start();
    await speak(30);
    clock.stepWallClock(stepMs);
    await speak(30);
    expect(frames.length).toBeGreaterThan(45);
    const times = frames.map(({ at }) => at - frames[0]!.at);
    expect(times).toEqual(times.map((_, i) => i * 20));
    const sounding = frames.findIndex(({ isSilent }) => !isSilent);
    expect(frames.slice(sounding + 1).some(({ isSilent }) => isSilent)).toBe(false);
  });

  test('does not interrupt levels, their subscriptions or the waveform', async () => {
    const { levels, readings, speak } = start();
    let ticks = 0;
    const reader = new LevelReader(new LevelTicks({ levels, clock }, [CALL], 20));
    release.push(reader.everyTick(() => ticks++));
    await speak(30);
    clock.stepWallClock(stepMs);
    const before = ticks;
    await speak(30);
    expect(ticks - before).toBe(30);
    expect(levels.read(CALL, 100)[0]?.speaking).toBe(true);
    expect(readings).toHaveLength(60);
    expect(readings.map((at) => at - readings[0]!)).toEqual(readings.map((_, i) => i * 20));
  });
});

test('a wall clock that is set at any times changes no frame', async () => {
  const step = fc.integer({ min: -100_000_000, max: 100_000_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      clock = createFakeClock();
      const { frames, speak } = start();
      await speak(20);
      for (const stepMs of steps) {
        clock.stepWallClock(stepMs);
        await speak(3);
      }
      await speak(20);
      const times = frames.map(({ at }) => at - frames[0]!.at);
      expect(times).toEqual(times.map((_, i) => i * 20));
      const sounding = frames.findIndex(({ isSilent }) => !isSilent);
      expect(frames.slice(sounding).some(({ isSilent }) => isSilent)).toBe(false);
      expect(frames.length - sounding).toBeGreaterThan(30 + 3 * steps.length);
    }),
    { numRuns: 20 },
  );
});
