import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  encodeMulaw,
  providerCallId,
  type CallId,
  type MediaStreamOptions,
  type Party,
} from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AudioSink } from '../../src/audio/ports.ts';
import { MAX_CATCH_UP_FRAMES } from '../../src/audio/playout.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';
import { amplitudeAt, bytesOf, channelOf, concat, extentOf, peakOf, tone } from './signals.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let callId: CallId;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
});
afterEach(() => harness.close());

function createSink(
  needsSilence = true,
  acceptsDelay = false,
): AudioSink & { frames: Int16Array[]; times: number[]; samples(): Int16Array } {
  const frames: Int16Array[] = [];
  const times: number[] = [];
  return {
    needsSilence,
    acceptsDelay,
    frames,
    times,
    frame(samples, at) {
      frames.push(samples);
      times.push(at);
    },
    samples: () => concat(frames),
  };
}

const open = (options: Partial<MediaStreamOptions> = {}) =>
  harness.streams.open(callId, {
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 16_000,
    parties: ['CUSTOMER', 'ASSISTANT'],
    ...options,
  });

const interleave = (left: Int16Array, right: Int16Array): Int16Array =>
  Int16Array.from({ length: left.length * 2 }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]!);

/** Two tones, one per party, in every format that providers send. */
const FORMATS = [
  ['pcm_s16le', 8000, 'INTERLEAVED'],
  ['pcm_s16le', 16_000, 'INTERLEAVED'],
  ['pcm_s16le', 16_000, 'separate'],
  ['pcm_s16le', 24_000, 'separate'],
  ['pcm_s16le', 48_000, 'INTERLEAVED'],
  ['mulaw', 8000, 'INTERLEAVED'],
  ['mulaw', 8000, 'separate'],
] as const;

describe.each(FORMATS)('two tones as %s of %d Hz, %s,', (encoding, rate, way) => {
  test.each([true, false])(
    'keep their party, level and time (reported positions: %s)',
    async (isReported) => {
      const sink = createSink();
      const leave = harness.audio.join(callId, sink);
      const releaseLevels = harness.demand.add('levels', [callId]);
      const startedAt = harness.clock.now();
      const stream = open({ encoding, sampleRate: rate });
      const encode = encoding === 'mulaw' ? encodeMulaw : bytesOf;
      const frame = rate / 50;
      for (let i = 0; i < 100; i++) {
        await harness.clock.advance(20);
        const customer = tone(440, rate, 20, 16_000, i * frame);
        // The assistant speaks in the second half only.
        const assistant = i < 50 ? new Int16Array(frame) : tone(1000, rate, 20, 8000, i * frame);
        const position = isReported ? [i * 20] : [];
        if (way === 'INTERLEAVED')
          stream.write('INTERLEAVED', encode(interleave(customer, assistant)), ...position);
        else {
          stream.write('CUSTOMER', encode(customer), ...position);
          stream.write('ASSISTANT', encode(assistant), ...position);
        }
        if (i === 90) {
          const levels = harness.levels.read(callId, 100);
          expect(levels.map(({ party }) => party)).toEqual(['CUSTOMER', 'ASSISTANT']);
          expect(levels[0]!.rmsDb).toBeCloseTo(20 * Math.log10(16_000 / 32_768 / Math.SQRT2), 0);
          expect(levels[1]!.rmsDb).toBeCloseTo(20 * Math.log10(8000 / 32_768 / Math.SQRT2), 0);
        }
      }
      await harness.clock.advance(200);
      const [customer, assistant] = [channelOf(sink.samples(), 0), channelOf(sink.samples(), 1)];
      const rest = [customer, assistant].map((channel) => channel.subarray(1200 * 16, 1900 * 16));
      expect(amplitudeAt(440, 16_000, rest[0]!)).toBeCloseTo(16_000, -3);
      expect(amplitudeAt(1000, 16_000, rest[1]!)).toBeCloseTo(8000, -3);
      expect(amplitudeAt(1000, 16_000, rest[0]!)).toBeLessThan(100);
      expect(amplitudeAt(440, 16_000, rest[1]!)).toBeLessThan(100);
      expect(Math.abs(extentOf(customer)[0] - 0)).toBeLessThan(50);
      expect(Math.abs(extentOf(assistant)[0] - 1000 * 16)).toBeLessThan(50);
      expect(sink.times).toEqual(sink.times.map((_, i) => startedAt + i * 20));
      const shape = await harness.waveforms.read(callId, startedAt, startedAt + 2000, 20);
      expect(shape.map(({ party }) => party)).toEqual(['CUSTOMER', 'ASSISTANT']);
      // 0.5 dB includes the rounding of the reading and of mu-law.
      const isNear = (db: number) => (peakDb: number) => Math.abs(peakDb - db) <= 0.5;
      expect(shape[0]!.peaksDb.slice(1, 20).every(isNear(-6.2))).toBe(true);
      expect(shape[1]!.peaksDb.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => -90));
      expect(shape[1]!.peaksDb.slice(11, 20).every(isNear(-12.2))).toBe(true);
      releaseLevels();
      leave();
    },
  );
});

describe('the audio of a call', () => {
  test('is not produced without sinks; a sink adds demand for it', async () => {
    const stream = open();
    stream.write('CUSTOMER', new Uint8Array(640));
    expect([harness.audio.size, harness.clock.pending, harness.demand.has('audio', callId)]).toEqual([
      0,
      0,
      false,
    ]);
    const leave = harness.audio.join(callId, createSink());
    expect([harness.audio.size, harness.demand.has('audio', callId)]).toEqual([1, true]);
    await harness.clock.advance(200);
    leave();
    leave();
    expect([harness.audio.size, harness.clock.pending, harness.demand.size]).toEqual([0, 0, 0]);
  });

  test('starts with silence for sinks that need it, and with the first audio for the others', async () => {
    const [live, waiting] = [createSink(true), createSink(false)];
    harness.audio.join(callId, waiting);
    await harness.clock.advance(100);
    expect(harness.clock.pending).toBe(0);
    harness.audio.join(callId, live);
    await harness.clock.advance(320);
    expect([live.frames.length, waiting.frames.length]).toEqual([10, 0]);
    open().write('CUSTOMER', bytesOf(tone(400, 16_000, 20)));
    await harness.clock.advance(200);
    expect(live.frames.length).toBe(20);
    expect(waiting.frames.length).toBeGreaterThan(0);
    expect(peakOf(waiting.samples())).toBeGreaterThan(15_000);
    // The same frames, not copies.
    expect(live.frames.includes(waiting.frames[0]!)).toBe(true);
  });

  test('is silent between the end of a stream and the start of the next', async () => {
    const sink = createSink();
    harness.audio.join(callId, sink);
    const play = async (hz: number): Promise<void> => {
      const stream = open();
      for (let i = 0; i < 25; i++) {
        await harness.clock.advance(20);
        stream.write('CUSTOMER', bytesOf(tone(hz, 16_000, 20, 16_000, i * 320)));
      }
      stream.end('done');
    };
    await play(400);
    await harness.clock.advance(500);
    await play(700);
    await harness.clock.advance(200);
    const output = channelOf(sink.samples(), 0);
    expect(amplitudeAt(400, 16_000, output.subarray(1600, 6400))).toBeGreaterThan(15_000);
    expect(peakOf(output.subarray(8400, 15_800))).toBe(0);
    expect(amplitudeAt(700, 16_000, output.subarray(17_600, 22_400))).toBeGreaterThan(15_000);
  });

  test('of two streams of a party is that of the newer one, or the older one while the newer is silent', async () => {
    const sink = createSink();
    harness.audio.join(callId, sink);
    const older = open();
    const newer = open();
    for (let i = 0; i < 200; i++) {
      await harness.clock.advance(20);
      older.write('CUSTOMER', bytesOf(tone(400, 16_000, 20, 16_000, i * 320)));
      if (i >= 50 && i < 100) newer.write('CUSTOMER', bytesOf(tone(900, 16_000, 20, 16_000, i * 320)));
    }
    await harness.clock.advance(200);
    const output = channelOf(sink.samples(), 0);
    const at = (fromMs: number, toMs: number, hz: number): number =>
      amplitudeAt(hz, 16_000, output.subarray(fromMs * 16, toMs * 16));
    expect(
      [at(100, 900, 400), at(1200, 1900, 900), at(3000, 3900, 400)].map((amplitude) => amplitude > 15_000),
    ).toEqual([true, true, true]);
    expect(at(1200, 1900, 400)).toBeLessThan(200);
  });

  test('of an unknown party is on the left channel', async () => {
    const sink = createSink();
    harness.audio.join(callId, sink);
    const parties: Party[] = ['UNKNOWN'];
    const stream = open({ parties });
    for (let i = 0; i < 10; i++) {
      await harness.clock.advance(20);
      stream.write('UNKNOWN', bytesOf(tone(400, 16_000, 20)));
    }
    await harness.clock.advance(200);
    expect(peakOf(channelOf(sink.samples(), 0))).toBeGreaterThan(15_000);
    expect(peakOf(channelOf(sink.samples(), 1))).toBe(0);
  });

  /** Moves the clock as if the event loop had been blocked for `ms`: queued socket data is read before the timers run. */
  function block(ms: number): () => void {
    const clock = harness.clock as { now(): number; elapsed(): number };
    const { now, elapsed } = clock;
    Object.assign(clock, { now: () => now() + ms, elapsed: () => elapsed() + ms });
    return () => void Object.assign(clock, { now, elapsed });
  }

  test.each([true, false])(
    'includes all audio that was queued during a stall (reported positions: %s)',
    async (isReported) => {
      const sink = createSink();
      harness.audio.join(callId, sink);
      const stream = open();
      const write = (i: number): void =>
        stream.write(
          'CUSTOMER',
          bytesOf(tone(400, 16_000, 20, 16_000, i * 320)),
          ...(isReported ? [i * 20] : []),
        );
      for (let i = 0; i < 20; i++) {
        await harness.clock.advance(20);
        write(i);
      }
      const resume = block(3000);
      for (let i = 20; i < 170; i++) write(i);
      await harness.clock.advance(200);
      expect(sink.frames.length).toBe(170 + 4);
      const output = channelOf(sink.samples(), 0);
      expect(amplitudeAt(400, 16_000, output.subarray(0, 170 * 320)) / 16_000).toBeCloseTo(1, 2);
      resume();
    },
  );

  test('includes data queued in the sockets before a frame is taken', async () => {
    // A turn of the event loop runs the timers first and then reads the sockets.
    const { clock } = harness;
    const { schedule } = clock;
    let read = (): void => undefined;
    Object.assign(clock, {
      schedule: (delayMs: number, task: () => void) =>
        schedule(delayMs, () => {
          task();
          read();
        }),
    });
    const sink = createSink();
    harness.audio.join(callId, sink);
    const stream = open();
    const write = (i: number): void =>
      stream.write('CUSTOMER', bytesOf(new Int16Array(320).fill(1000 + i)), i * 20);
    for (let i = 0; i < 10; i++) {
      await clock.advance(20);
      write(i);
    }
    await clock.advance(339 - 200);
    read = () => {
      read = () => undefined;
      write(10);
    };
    await clock.advance(200);
    expect(sink.frames[10]?.[100]).toBe(1010);
  });

  test('that arrives late reaches only the sinks that accept a delay, at its position', async () => {
    const [live, delayed] = [createSink(false), createSink(false, true)];
    harness.audio.join(callId, live);
    harness.audio.join(callId, delayed);
    const stream = open();
    const write = (i: number): void =>
      stream.write('CUSTOMER', bytesOf(new Int16Array(320).fill(1000 + i)), i * 20);
    for (let i = 0; i < 30; i++) {
      await harness.clock.advance(20);
      if (i < 10 || i > 12) write(i);
      if (i === 19) for (const late of [10, 11, 12]) write(late);
    }
    await harness.clock.advance(400);
    const received = (sink: ReturnType<typeof createSink>): number[] =>
      Array.from({ length: 20 }, (_, i) => {
        const from = (sink.times[0]! - live.times[0]!) / 20;
        const lead = live.frames.findIndex((frame) => frame[320] === 1000);
        return sink.frames[lead + i - from]?.[320] ?? 0;
      });
    const complete = Array.from({ length: 20 }, (_, i) => 1000 + i);
    expect(received(delayed)).toEqual(complete);
    expect(received(live)).toEqual(complete.map((value, i) => (i >= 10 && i <= 12 ? 0 : value)));
  });

  test('is complete if its start was delayed', async () => {
    const sinks = [createSink(false), createSink(false, true)];
    for (const sink of sinks) harness.audio.join(callId, sink);
    const stream = open();
    const write = (i: number): void =>
      stream.write('CUSTOMER', bytesOf(new Int16Array(320).fill(1000 + 10 * i)), i * 20);
    await harness.clock.advance(300);
    for (let i = 0; i < 15; i++) write(i);
    for (let i = 15; i < 120; i++) {
      await harness.clock.advance(20);
      write(i);
    }
    await harness.clock.advance(800);
    for (const sink of sinks) {
      const received = new Set(channelOf(sink.samples(), 0));
      const lost = Array.from({ length: 110 }, (_, i) => 1000 + 10 * i).filter(
        (value) => !received.has(value),
      );
      expect(lost).toEqual([]);
    }
  });

  test('that was delayed at first catches up in a pause, and loses only silence', async () => {
    const sink = createSink(false);
    harness.audio.join(callId, sink);
    const stream = open();
    const startedAt = harness.clock.now();
    const write = (i: number): void => {
      const isPause = i >= 100 && i < 140;
      stream.write('CUSTOMER', bytesOf(new Int16Array(320).fill(isPause ? 0 : 1000 + 10 * i)), i * 20);
    };
    await harness.clock.advance(300);
    for (let i = 0; i < 15; i++) write(i);
    for (let i = 15; i < 200; i++) {
      await harness.clock.advance(20);
      write(i);
    }
    await harness.clock.advance(800);
    /** Returns the delay between speaking and playing a frame, ms. */
    const lagOf = (i: number): number =>
      sink.times[sink.frames.findIndex((frame) => frame.includes(1000 + 10 * i))]! - startedAt - i * 20;
    expect(lagOf(95)).toBeGreaterThan(200);
    expect(lagOf(150)).toBeLessThan(120);
    const received = new Set(channelOf(sink.samples(), 0));
    const spoken = Array.from({ length: 190 }, (_, i) => i).filter((i) => i < 100 || i >= 140);
    expect(spoken.filter((i) => !received.has(1000 + 10 * i))).toEqual([]);
  });

  test('skips frames after the machine slept, beyond a limit', async () => {
    const sink = createSink();
    harness.audio.join(callId, sink);
    await harness.clock.advance(200);
    const before = sink.frames.length;
    const resume = block(3_600_000);
    await harness.clock.advance(20);
    expect(sink.frames.length - before).toBe(MAX_CATCH_UP_FRAMES);
    expect(sink.times.at(-1)).toBe(harness.clock.now() - 140);
    resume();
  });
});
