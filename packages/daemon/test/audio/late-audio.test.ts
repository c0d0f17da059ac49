/** Audio that arrives late, at recordings, transcribers and listeners. */
import { providerCallId, type CallId, type MediaStream, type Party } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallAnchors } from '../../src/audio/call-anchors.ts';
import { CallAudioRegistry } from '../../src/audio/call-audio-registry.ts';
import { LevelMeters } from '../../src/audio/level-meters.ts';
import { MAX_LATE_MS } from '../../src/audio/placement.ts';
import type { AudioBlockSink, AudioSink } from '../../src/audio/ports.ts';
import { MAX_WAIT_MS } from '../../src/audio/stream-progress.ts';
import { Streams } from '../../src/audio/streams.ts';
import type { Ingest } from '../../src/calls/ingest.ts';
import { Silences } from '../../src/capture/silences.ts';
import { Demand } from '../../src/live/demand.ts';
import { bytesOf, channelOf, concat } from './signals.ts';

const CALL = 'call' as CallId;
const FRAMES = 200;
const PER_MS = 16;

let clock: FakeClock;
let audio: CallAudioRegistry;
let streams: Streams;
let facts: Parameters<Ingest['record']>[1][];
let release: (() => void)[];

beforeEach(() => {
  clock = createFakeClock();
  facts = [];
  release = [];
  const demand = new Demand();
  const anchors = new CallAnchors(clock);
  const silences = new Silences({ anchors, clock });
  audio = new CallAudioRegistry({ demand, anchors, silences, clock });
  streams = new Streams({
    ingest: { record: (_callId, fact) => void facts.push(fact) },
    demand,
    levels: new LevelMeters({ clock }),
    audio,
    waveforms: { note: () => undefined },
    anchors,
    silences,
    ids: { stream: () => 'stream' as never },
    clock,
  });
});
afterEach(() => {
  for (const undo of release) undo();
});

interface Recording extends AudioBlockSink {
  readonly lostMs: number;
  /** Returns one channel of what the file contains. */
  channel(number: number): Int16Array;
  startedAt: number;
  blocks: number;
  finish(): void;
}

function record(): Recording {
  const file = new Int16Array(45_000 * PER_MS * 2);
  let length = 0;
  let lostMs = 0;
  const leave = audio.joinBlocks(CALL, {
    start: (at) => void (recording.startedAt = at),
    block(samples, at) {
      recording.blocks++;
      const from = Math.round((at - recording.startedAt) * PER_MS) * 2;
      file.set(samples, from);
      length = Math.max(length, from + samples.length);
    },
    lost: (_at, ms) => void (lostMs += ms),
  });
  release.push(leave);
  const recording: Recording = {
    startedAt: NaN,
    blocks: 0,
    get lostMs() {
      return lostMs;
    },
    channel: (number) => channelOf(file.subarray(0, length), number),
    finish: leave,
    start: () => undefined,
    block: () => undefined,
  };
  return recording;
}

interface Reader extends AudioSink {
  readonly times: number[];
  readonly lost: [at: number, ms: number][] & ((at: number, ms: number) => void);
  channel(number: number): Int16Array;
  leave(): void;
}

function read(acceptsDelay: boolean): Omit<Reader, 'lost'> & { losses: [number, number][] } {
  const frames: Int16Array[] = [];
  const times: number[] = [];
  const losses: [number, number][] = [];
  const sink: AudioSink = {
    needsSilence: false,
    acceptsDelay,
    frame(samples, at) {
      frames.push(samples);
      times.push(at);
    },
    lost: (at, ms) => void losses.push([at, ms]),
  };
  const leave = audio.join(CALL, sink);
  release.push(leave);
  return { ...sink, times, losses, leave, channel: (number) => channelOf(concat(frames), number) };
}

const open = (parties: readonly Party[] = ['CUSTOMER', 'ASSISTANT'], rate = 16_000): MediaStream =>
  streams.open(CALL, {
    providerCallId: providerCallId('theirs'),
    encoding: 'pcm_s16le',
    sampleRate: rate,
    parties,
  });

/** A sample that names its frame. */
const markOf = (i: number): number => 1000 + 10 * i;
const frameOf = (i: number): Uint8Array => bytesOf(new Int16Array(320).fill(markOf(i)));

/** Returns how many ms of each frame are in some samples, and whether the frames are in order. */
function contentOf(samples: Int16Array): { readonly ms: number; readonly isInOrder: boolean } {
  let count = 0;
  let last = 0;
  let isInOrder = true;
  for (const sample of samples) {
    if (sample < markOf(0) || (sample - 1000) % 10 !== 0) continue;
    count++;
    if (sample < last) isInOrder = false;
    last = sample;
  }
  return { ms: count / PER_MS, isInOrder };
}

/**
 * Speaks for 4 s. `arrival` returns when a frame arrives, in frames since the start.
 * @param arrival at least `i + 1`, and not less than for the frame before.
 */
async function speak(
  stream: MediaStream,
  arrival: (i: number) => number,
  { isReported = true, count = FRAMES, parties = ['CUSTOMER'] as readonly Party[] } = {},
): Promise<void> {
  let next = 0;
  for (let tick = 1; next < count; tick++) {
    await clock.advance(20);
    for (; next < count && arrival(next) <= tick; next++)
      for (const party of parties) stream.write(party, frameOf(next), ...(isReported ? [next * 20] : []));
  }
}

/** Frames from the 75th on are held up for `ms`, and arrive at once. */
const heldUp =
  (ms: number, from = 75) =>
  (i: number): number =>
    i >= from && i < from + ms / 20 ? from + ms / 20 : i + 1;
/** Frames arrive in clumps. */
const clumps =
  (ms: number) =>
  (i: number): number =>
    (Math.floor(i / (ms / 20)) + 1) * (ms / 20);

const ROWS: readonly (readonly [string, (i: number) => number])[] = [
  ...[0, 200, 500, 800, 1000, 1500, 3000, 5000].map(
    (ms) => [`held up once for ${ms} ms`, heldUp(ms)] as const,
  ),
  ...[200, 300, 500, 1000].map((ms) => [`in clumps of ${ms} ms`, clumps(ms)] as const),
  ...[500, 1500, 4000].map((ms) => [`held up at its start for ${ms} ms`, heldUp(ms, 0)] as const),
  ['of which only the first frame is late', (i) => Math.max(i + 1, 30)],
  ['held up three times', (i) => Math.max(heldUp(400, 20)(i), heldUp(600, 60)(i), heldUp(900, 120)(i))],
  ['held up to its end', heldUp(1000, 150)],
];

describe.each([true, false])('4 s of speech (reported positions: %s)', (isReported) => {
  test.each(ROWS)('%s are complete, in order and not stretched', async (_name, arrival) => {
    const [recording, transcriber] = [record(), read(true)];
    const stream = open();
    await speak(stream, arrival, { isReported });
    stream.end('done');
    await clock.advance(400);
    recording.finish();
    transcriber.leave();
    const samples = recording.channel(0);
    expect(contentOf(samples)).toEqual({ ms: 4000, isInOrder: true });
    // Contiguous, from the first sample of the file. Without positions, a delay at the end seems to be a pause.
    if (isReported || arrival(FRAMES - 1) === FRAMES)
      expect(contentOf(samples.subarray(0, 4000 * PER_MS)).ms).toBe(4000);
    expect(contentOf(transcriber.channel(0))).toEqual({ ms: 4000, isInOrder: true });
    const { times } = transcriber;
    expect(times).toEqual(times.map((_, i) => times[0]! + i * 20));
    expect(facts.at(-1)).toMatchObject({ counters: { recordingLostMs: 0, transcriptLostMs: 0 } });
  });
});

test.each([500, 800, 1500, 5000])(
  'listeners skip audio that is held up for %i ms, and are not delayed',
  async (ms) => {
    const [listener, recording, transcriber] = [read(false), record(), read(true)];
    const stream = open();
    await speak(stream, heldUp(ms), { count: 400 });
    // 120 ms behind real time.
    expect(clock.now() - listener.times.at(-1)!).toBeLessThanOrEqual(160);
    stream.end('done');
    await clock.advance(400);
    recording.finish();
    transcriber.leave();
    const { times } = listener;
    expect(times).toEqual(times.map((_, i) => times[0]! + i * 20));
    const received = contentOf(listener.channel(0));
    expect(received.isInOrder).toBe(true);
    expect(Math.abs(8000 - ms + 120 - received.ms)).toBeLessThanOrEqual(60);
    const { counters } = facts.at(-1) as unknown as { counters: Record<string, number> };
    expect(Math.abs(counters.listeningLostMs! - (8000 - received.ms))).toBeLessThanOrEqual(30);
    for (const { channel } of [recording, transcriber]) expect(contentOf(channel(0)).ms).toBe(8000);
  },
);

test('audio of two parties in one stream stays aligned if it is held up', async () => {
  const recording = record();
  const stream = open();
  await speak(stream, heldUp(700), { parties: ['CUSTOMER', 'ASSISTANT'] });
  await clock.advance(400);
  recording.finish();
  expect(Buffer.compare(bytesOf(recording.channel(0)), bytesOf(recording.channel(1)))).toBe(0);
});

describe('audio that is too late', () => {
  test.each([true, false])(
    'is counted and reported, and the rest is kept (listeners: %s)',
    async (hasListener) => {
      const [recording, transcriber] = [record(), read(true)];
      const listener = hasListener ? read(false) : undefined;
      const stream = open();
      // The other party is not held up, and has a stream of its own.
      const other = open(['ASSISTANT']);
      const speakOther = (i: number): void => other.write('ASSISTANT', frameOf(i), i * 20);
      const heldMs = MAX_LATE_MS - 500;
      const count = 600;
      for (let i = 0; i < count; i++) {
        await clock.advance(20);
        speakOther(i);
        const from = i < 75 || i >= 75 + heldMs / 20 ? i : i === 74 + heldMs / 20 ? 75 : i + 1;
        for (let j = from; j <= i; j++) stream.write('CUSTOMER', frameOf(j), j * 20);
      }
      stream.end('done');
      await clock.advance(400);
      transcriber.leave();
      recording.finish();
      // 8 s fit into the window of recordings, but transcribers do not wait for so long.
      expect(contentOf(recording.channel(0)).ms).toBe(count * 20);
      expect(contentOf(transcriber.channel(1)).ms).toBe(count * 20);
      const { counters } = facts.at(-1) as unknown as { counters: Record<string, number> };
      const lost = count * 20 - contentOf(transcriber.channel(0)).ms;
      expect(lost).toBeGreaterThanOrEqual(heldMs - MAX_WAIT_MS);
      expect(counters.transcriptLostMs).toBeCloseTo(lost, -1);
      expect(transcriber.losses.reduce((sum, [, ms]) => sum + ms, 0)).toBeCloseTo(lost, -1);
      expect(counters.recordingLostMs).toBe(0);
      const listened = listener ? contentOf(listener.channel(0)).ms : count * 20;
      expect(Math.abs(counters.listeningLostMs! - (count * 20 - listened))).toBeLessThan(30);
    },
  );

  test('for the window of recordings is counted and reported', async () => {
    const recording = record();
    const stream = open();
    await speak(stream, (i) => i + 1, { count: 50 });
    await clock.advance(9000);
    // The clock of the stream continues: one frame is on time, so the others belong before it.
    for (const i of [...Array.from({ length: 100 }, (_, at) => 50 + at), 499]) {
      stream.write('CUSTOMER', frameOf(i), i * 20);
    }
    await clock.advance(400);
    stream.end('done');
    recording.finish();
    const lostMs = 101 * 20 + 1000 - contentOf(recording.channel(0)).ms;
    expect(lostMs).toBeGreaterThan(700);
    expect(recording.lostMs).toBeCloseTo(lostMs, -1);
    expect(facts.at(-1)).toMatchObject({ counters: { recordingLostMs: Math.round(recording.lostMs) } });
  });
});

describe('a stream that does not send silence', () => {
  /** Speaks for a second, and pauses for two seconds; several times. */
  async function converse(transcriber: { readonly times: number[] }, isReported: boolean): Promise<number[]> {
    const stream = open(['CUSTOMER']);
    const delays: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      for (let i = 0; i < 50; i++) {
        await clock.advance(20);
        const frame = turn * 150 + i;
        stream.write('CUSTOMER', frameOf(frame), ...(isReported ? [frame * 20] : []));
      }
      await clock.advance(1000);
      delays.push(clock.now() - transcriber.times.at(-1)!);
      await clock.advance(1000);
    }
    stream.end('done');
    return delays;
  }

  test.each([true, false])('is not awaited after two pauses (reported positions: %s)', async (isReported) => {
    const transcriber = read(true);
    const delays = await converse(transcriber, isReported);
    expect(delays.map((ms) => ms < 400)).toEqual([false, false, true, true, true]);
  });

  test('keeps its pauses in recordings', async () => {
    const recording = record();
    await converse({ times: [0] }, false);
    await clock.advance(300);
    recording.finish();
    const samples = recording.channel(0);
    for (let turn = 0; turn < 5; turn++)
      expect(contentOf(samples.subarray(turn * 3000 * PER_MS, (turn * 3000 + 1000) * PER_MS)).ms).toBe(1000);
  });
});

test('each block of a recording is passed once if no audio is late', async () => {
  const recording = record();
  const stream = open();
  await speak(stream, (i) => i + 1, { count: 1500 });
  stream.end('done');
  await clock.advance(400);
  recording.finish();
  expect(recording.blocks).toBe(31);
});

test('the clocks of a stream may drift or jump without a loss', async () => {
  for (const [name, positionOf] of [
    ['0.2 % slow', (i) => i * 20 * 0.998],
    ['0.2 % fast', (i) => i * 20 * 1.002],
    ['an hour ahead', (i) => i * 20 + (i < 400 ? 0 : 3_600_000)],
    ['an hour back', (i) => 4_000_000 + i * 20 - (i < 400 ? 0 : 3_600_000)],
  ] as const satisfies readonly (readonly [string, (i: number) => number])[]) {
    const [recording, transcriber] = [record(), read(true)];
    const stream = open();
    for (let i = 0; i < 1000; i++) {
      await clock.advance(20);
      stream.write('CUSTOMER', frameOf(i % 400), positionOf(i));
    }
    stream.end('done');
    await clock.advance(400);
    recording.finish();
    transcriber.leave();
    for (const samples of [recording.channel(0), transcriber.channel(0)]) {
      const loud = samples.filter((sample) => sample >= 1000).length / PER_MS;
      // A drifting clock changes the length by its drift.
      expect([name, Math.abs(loud - 20_000) <= 50]).toEqual([name, true]);
    }
  }
});
