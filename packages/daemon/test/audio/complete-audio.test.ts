/** Audio of two parties in one stream, with any delays: what was received is passed on, and nothing is counted as lost. */
import type { Party } from '@sidetone/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CompleteAudio } from '../../src/audio/complete-audio.ts';

const PARTIES: readonly Party[] = ['CUSTOMER', 'ASSISTANT'];
const RATE = 8000;
const FRAME_MS = 20;
const COUNT = 60;
const LOUD = 8000;
const FRAME = new Int16Array((RATE * FRAME_MS) / 1000).fill(2 * LOUD);

interface Delivery {
  /** Frames from this one on are held up, for so many ms. */
  readonly from: number;
  readonly holdMs: number;
  /** Random delays of messages, ms, used in turn. */
  readonly delays: readonly number[];
  /** Differences of positions from those of the audio, ms, used in turn. */
  readonly jitter: readonly number[];
  /** How much earlier the audio of the second party was spoken than that of the first, ms. */
  readonly leadMs: number;
  /** When the pacer runs, ms after each 20 ms. */
  readonly phase: number;
}

interface Received {
  /** Length of the audio of each party, ms. */
  readonly recorded: readonly number[];
  readonly transcribed: readonly number[];
  readonly lost: Readonly<Record<'recording' | 'transcript', number>>;
}

/** Adds the length of the audio of each party in interleaved samples. */
function measure(samples: Int16Array, ms: number[]): void {
  for (let i = 0; i < samples.length; i++) if (samples[i]! > LOUD) ms[i % PARTIES.length]! += 1 / 16;
}

/** Returns the messages of a stream with their arrival, which is in order. */
function messagesOf({ from, holdMs, delays, jitter, leadMs }: Delivery) {
  let last = 0;
  return Array.from({ length: COUNT * PARTIES.length }, (_, n) => {
    const i = Math.floor(n / PARTIES.length);
    const sentAt = (i + 1) * FRAME_MS;
    const isHeld = i >= from && sentAt < from * FRAME_MS + holdMs;
    const arrivesAt = (isHeld ? from * FRAME_MS + holdMs : sentAt) + delays[n % delays.length]!;
    last = Math.max(last, arrivesAt);
    const lead = n % PARTIES.length === 1 ? leadMs : 0;
    const positionMs = 1000 + i * FRAME_MS - lead + jitter[i % jitter.length]!;
    return { party: PARTIES[n % PARTIES.length]!, positionMs, arrivesAt: last };
  });
}

function deliver(delivery: Delivery): Received {
  const audio = new CompleteAudio(1_000_000, 0);
  const lost = { recording: 0, transcript: 0, listening: 0 };
  const losses = { lose: (kind: keyof typeof lost, ms: number) => void (lost[kind] += ms) };
  const [recorded, transcribed] = [
    [0, 0],
    [0, 0],
  ];
  const file = new Int16Array(8000 * 32);
  let startedAt = 0;
  const blocks = {
    start: (at: number) => void (startedAt = at),
    block: (samples: Int16Array, at: number) => file.set(samples, (at - startedAt) * 32),
  };
  const reader = { needsSilence: false, frame: (samples: Int16Array) => measure(samples, transcribed) };
  audio.add(reader);
  audio.addBlocks(blocks);
  let stepped = delivery.phase;
  for (const { party, positionMs, arrivesAt } of messagesOf(delivery)) {
    for (; stepped <= arrivesAt; stepped += FRAME_MS) audio.step(stepped);
    audio.write(losses, party, RATE, { samples: FRAME, offset: 0, stride: 1, positionMs }, arrivesAt);
  }
  audio.end(losses);
  for (let i = 0; i < 30; i++) audio.step((stepped += FRAME_MS));
  audio.remove(reader);
  audio.removeBlocks(blocks);
  measure(file, recorded);
  return { recorded, transcribed, lost: { recording: lost.recording, transcript: lost.transcript } };
}

const holds = {
  from: fc.integer({ min: 0, max: COUNT - 1 }),
  holdMs: fc.integer({ min: 0, max: 5000 }),
  delays: fc.array(fc.double({ min: 0, max: 12, noNaN: true }), { minLength: 1, maxLength: 9 }),
  leadMs: fc.integer({ min: 0, max: 100 }),
  phase: fc.double({ min: 0, max: FRAME_MS, noNaN: true }),
};

function expectComplete({ recorded, transcribed, lost }: Received, toleranceMs: number): void {
  const complete = PARTIES.map(() => COUNT * FRAME_MS);
  const errorOf = (measured: readonly number[]): number =>
    Math.max(...measured.map((ms, party) => Math.abs(ms - complete[party]!)));
  expect(lost).toEqual({ recording: 0, transcript: 0 });
  expect([errorOf(recorded), errorOf(transcribed)].map((ms) => (ms <= toleranceMs ? 0 : ms))).toEqual([0, 0]);
}

test('a recording has a sample of each party to its end, whenever the pacer runs', () => {
  const audio = new CompleteAudio(1_000_000, 0);
  const losses = { lose: () => undefined };
  const lengths: number[] = [];
  const blocks = { start: () => undefined, block: ({ length }: Int16Array) => void lengths.push(length) };
  audio.addBlocks(blocks);
  audio.write(losses, 'CUSTOMER', RATE, { samples: FRAME, offset: 0, stride: 1, positionMs: 0 }, 0.3);
  // Between two samples, which are 1/16 ms long.
  for (let i = 1; i <= 80; i++) audio.step(i * FRAME_MS + 0.05);
  audio.removeBlocks(blocks);
  expect(lengths.length).toBeGreaterThan(1);
  expect(lengths.filter((length) => length % PARTIES.length !== 0)).toEqual([]);
});

test('the pacer may run between the frames of two parties', () => {
  // The first party's frame ends 20 ms after the other's: transcribers still wait for the latter.
  const delays = Array.from({ length: COUNT * PARTIES.length }, (_, n) => n * 0.7);
  for (let phase = 0; phase < FRAME_MS; phase += 2)
    expectComplete(deliver({ from: 10, holdMs: 1500, delays, jitter: [0], leadMs: 0, phase }), 1);
});

test('all audio is passed on, for any delays', () => {
  fc.assert(
    fc.property(fc.record({ ...holds, jitter: fc.constant([0]) }), (delivery) => {
      expectComplete(deliver(delivery), 1);
    }),
    { numRuns: 60 },
  );
});

test('all audio is passed on if positions are inexact', () => {
  const jitter = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(fc.record({ ...holds, jitter }), (delivery) => {
      // The resampler compensates the differences.
      expectComplete(deliver(delivery), 30);
    }),
    { numRuns: 60 },
  );
});
