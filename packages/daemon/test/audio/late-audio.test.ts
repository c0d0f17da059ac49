/** Audio that arrives late, at recordings, transcribers and listeners. */
import { providerCallId, type CallId, type MediaStream, type Party } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallAnchors } from '../../src/audio/call-anchors.ts';
import { CallAudioRegistry } from '../../src/audio/call-audio-registry.ts';
import { LevelMeters } from '../../src/audio/level-meters.ts';
import type { AudioBlockSink, AudioSink } from '../../src/audio/ports.ts';
import { Streams } from '../../src/audio/streams.ts';
import type { Ingest } from '../../src/calls/ingest.ts';
import { Demand } from '../../src/live/demand.ts';
import { bytesOf, channelOf } from './signals.ts';

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
  audio = new CallAudioRegistry({ demand, anchors, clock });
  streams = new Streams({
    ingest: { record: (_callId, fact) => void facts.push(fact) },
    demand,
    levels: new LevelMeters({ clock }),
    audio,
    waveforms: { note: () => undefined },
    anchors,
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
  const file: number[] = [];
  let lostMs = 0;
  const leave = audio.joinBlocks(CALL, {
    start: (at) => void (recording.startedAt = at),
    block(samples, at) {
      recording.blocks++;
      const from = Math.round((at - recording.startedAt) * PER_MS) * 2;
      samples.forEach((sample, i) => (file[from + i] = sample));
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
    channel: (number) =>
      channelOf(
        Int16Array.from(file, (sample) => sample ?? 0),
        number,
      ),
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
  const all = (): Int16Array => Int16Array.from(frames.flatMap((frame) => [...frame]));
  return { ...sink, times, losses, leave, channel: (number) => channelOf(all(), number) };
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

test('audio of two parties in one stream stays aligned if it is held up', async () => {
  const recording = record();
  const stream = open();
  await speak(stream, heldUp(700), { parties: ['CUSTOMER', 'ASSISTANT'] });
  await clock.advance(400);
  recording.finish();
  expect(recording.channel(0)).toEqual(recording.channel(1));
});
