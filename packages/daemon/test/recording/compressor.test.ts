/** Compression of recordings in the background: what is compressed, crashes at each step, erasure, and failures. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { encodeWavHeader, providerCallId, type CallId, type WavFormat } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AFTER_END_MS,
  Compressor,
  FAILURE_PAUSE_MS,
  FIRST_SCAN_MS,
  FULL_DISK_PAUSE_MS,
  SPARE_BYTES,
  type CompressionSteps,
  type CompressorDeps,
} from '../../src/recording/compression/compressor.ts';
import { recordings } from '../../src/store/schema.ts';
import { createRecordingRows } from '../../src/store/media.ts';
import { RecordingFiles } from '../../src/recording/recording-files.ts';
import { createCodec } from '../../src/recording/compression/codec-threads.ts';
import { CODEC_PROGRAM } from '../support/codec.ts';
import { bytesOf, tone } from '../audio/signals.ts';
import { until } from '../support/daemon.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const STEREO: WavFormat = { channels: 2, sampleRate: 16_000 };
const root = tempDir();
const codec = createCodec(createFakeClock(), CODEC_PROGRAM);
let count = 0;
let dir: string;
let harness: Harness;

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(join(dir, 'recordings'), { recursive: true });
});
afterEach(async () => {
  await harness.compressor.stop();
  await harness.recordings.stop();
  harness.close();
});
afterAll(() => codec.close());

const start = (compressor: Partial<CompressorDeps> = {}): void => {
  harness = createHarness(dir, { compressor, codec });
};

interface Recorded {
  readonly callId: CallId;
  /** What a download as WAV must return. */
  readonly wav: Buffer;
}

async function aRecording(
  call: string,
  { format = STEREO, frames = 20_000, isEnded = true } = {},
): Promise<Recorded> {
  const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call }));
  harness.ingest.record(callId, { type: 'RECORDING_STARTED', startedAt: 1, ...format });
  const samples = bytesOf(
    tone(300, format.sampleRate, (1000 * frames * format.channels) / format.sampleRate, 9000),
  );
  const bytes = samples.length;
  harness.ingest.record(callId, { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: 1, bytes });
  if (isEnded) harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  await harness.ingest.committed();
  const wav = Buffer.concat([encodeWavHeader(format, bytes), samples]);
  writeFileSync(join(dir, 'recordings', `${callId}.wav`), wav);
  return { callId, wav };
}

const filesOf = (callId: CallId): readonly string[] =>
  readdirSync(join(dir, 'recordings'))
    .filter((name) => name.startsWith(callId))
    .map((name) => name.slice(callId.length))
    .toSorted();

async function download(callId: CallId, from?: number, to?: number): Promise<Buffer> {
  const file = (await harness.recordings.open(callId))!;
  return buffer(file.read(from ?? 0, to ?? file.bytes));
}

/** Starts the compressor and waits until it has nothing to do. */
async function compressAll(): Promise<void> {
  harness.compressor.start();
  await harness.clock.advance(FIRST_SCAN_MS);
  await idle();
}

async function idle(): Promise<void> {
  await until(async () => {
    await harness.clock.advance(1);
    return harness.compressor.isIdle;
  }, 'everything is compressed');
}

describe.each([
  { channels: 1, sampleRate: 8000 },
  { channels: 2, sampleRate: 8000 },
  { channels: 1, sampleRate: 16_000 },
  STEREO,
])('a recording with $channels channels and $sampleRate Hz', (format) => {
  test('is replaced by a FLAC file, and any range of it is the same as before', async () => {
    start();
    const { callId, wav } = await aRecording('a', { format, frames: 12 * format.sampleRate + 1 });
    await compressAll();
    expect(filesOf(callId)).toEqual(['.flac']);
    expect((await harness.recordings.open(callId))!.bytes).toBe(wav.length);
    const bytes = wav.length;
    const middle = 44 + 2 * format.channels * 5 * format.sampleRate;
    for (const [from, to] of [
      [0, bytes],
      [0, 1],
      [10, 50],
      [43, 45],
      [44, 44],
      [middle - 3, middle + 3],
      [middle, bytes - 1],
      [bytes - 5, bytes],
    ] as const)
      expect(Buffer.compare(await download(callId, from, to), wav.subarray(from, to))).toBe(0);
    expect(harness.compressor.counts).toMatchObject({ compressed: 1, failed: 0 });
    const { size } = statSync(join(dir, 'recordings', `${callId}.flac`));
    expect(harness.compressor.counts.savedBytes).toBe(bytes - size);
    expect(await harness.recordings.stored(callId)).toEqual({ format: 'FLAC', bytes: size });
    expect(await harness.recordingFiles.flacBytes()).toEqual(new Map([[callId, size]]));
  });
});

test('is decoded from the seek point before a range', async () => {
  start();
  const { callId, wav } = await aRecording('a', { frames: 60 * 16_000 });
  await compressAll();
  const decoded: number[] = [];
  const files = new RecordingFiles(join(dir, 'recordings'), {
    async decode(stream, blocks) {
      const samples = await harness.codec.decode(stream, blocks);
      decoded.push(samples.length);
      return samples;
    },
  });
  const file = (await files.open((await harness.recordings.find(callId))!))!;
  const from = 44 + 30 * 64_000;
  expect(Buffer.compare(await buffer(file.read(from, from + 1000)), wav.subarray(from, from + 1000))).toBe(0);
  expect(decoded).toEqual([19 * 4096 * 4]);
});

test('waits for the end of its call, and has no samples to wait for', async () => {
  start();
  const [live, empty] = [await aRecording('a', { isEnded: false }), await aRecording('b', { frames: 0 })];
  await compressAll();
  expect([filesOf(live.callId), filesOf(empty.callId)]).toEqual([['.wav'], ['.wav']]);
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: 'a' }));
  await harness.ingest.committed();
  harness.compressor.add(live.callId);
  await harness.clock.advance(AFTER_END_MS);
  await idle();
  expect(filesOf(live.callId)).toEqual(['.flac']);
});

test('a call is compressed some seconds after its end', async () => {
  start();
  harness.compressor.start();
  harness.recordings.start();
  await harness.clock.advance(FIRST_SCAN_MS);
  const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
  await harness.clock.settle();
  const stream = harness.streams.open(callId, {
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 8000,
    parties: ['CUSTOMER', 'ASSISTANT'],
  });
  for (let i = 0; i < 50; i++) {
    await harness.clock.advance(20);
    stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
  }
  stream.end('done');
  harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
  await harness.ingest.committed();
  await harness.clock.advance(300);
  await until(() => harness.recordings.size === 0, 'the recording is finished');
  await harness.ingest.committed();
  const wav = await download(callId);
  expect(filesOf(callId)).toEqual(['.wav']);
  await harness.clock.advance(AFTER_END_MS);
  await idle();
  expect(filesOf(callId)).toEqual(['.flac']);
  expect(Buffer.compare(await download(callId), wav)).toBe(0);
});

test('more recordings than may wait are compressed too', async () => {
  start({ maxWaiting: 2 });
  for (let i = 0; i < 7; i++) await aRecording(`call-${i}`, { frames: 10 });
  await compressAll();
  // The head of a FLAC file is larger than so few samples.
  expect(harness.compressor.counts).toEqual({ compressed: 7, failed: 0, savedBytes: 0 });
});

/** Steps of a process that was killed after the first ones: nothing happens any more. */
function killedAfter(steps: number): Partial<CompressionSteps> {
  let left = steps;
  const next = (): void => {
    if (left-- <= 0) throw new Error('killed');
  };
  return {
    rename: async (from, to) => (next(), renameSync(from, to)),
    syncFolder: async () => next(),
    remove: async (path) => (next(), rmSync(path, { force: true })),
  };
}

test.each([
  { steps: 1, left: ['.wav'] },
  { steps: 2, left: ['.flac.partial', '.wav'] },
  { steps: 3, left: ['.flac', '.wav'] },
  { steps: 4, left: ['.flac', '.wav'] },
  { steps: 5, left: ['.flac'] },
])('is complete if the daemon is killed after step $steps, and compressed later', async ({ steps, left }) => {
  start({ steps: killedAfter(steps) });
  const { callId, wav } = await aRecording('a');
  await compressAll();
  expect(filesOf(callId)).toEqual(left);
  expect(Buffer.compare(await download(callId), wav)).toBe(0);
  await restart({ isOn: true }, () => filesOf(callId).join() === '.flac');
  expect(Buffer.compare(await download(callId), wav)).toBe(0);
});

/** Runs another compressor with the same files until a condition is met. */
async function restart(deps: Partial<CompressorDeps>, isDone: () => boolean): Promise<void> {
  const again = new Compressor({ ...compressorDeps(), ...deps });
  again.start();
  await until(async () => {
    await harness.clock.advance(FIRST_SCAN_MS);
    return isDone();
  }, 'the files are as expected');
  await again.stop();
}

const compressorDeps = (): CompressorDeps => ({
  isOn: true,
  files: harness.recordingFiles,
  codec: harness.codec,
  rows: createRecordingRows(harness.database.db),
  liveCall: (callId) => harness.registry.peek(callId),
  clock: harness.clock,
  log: createTestLog().log(''),
});

test('what an interrupted compression left is removed while the option is off, and FLAC files work', async () => {
  start();
  const [done, interrupted] = [await aRecording('a'), await aRecording('b')];
  await compressAll();
  const path = (extension: string): string => join(dir, 'recordings', `${interrupted.callId}.${extension}`);
  writeFileSync(path('wav'), interrupted.wav);
  writeFileSync(path('flac.partial'), 'fLaC');
  await harness.compressor.stop();
  await restart({ isOn: false }, () => filesOf(interrupted.callId).join() === '.wav');
  expect(filesOf(done.callId)).toEqual(['.flac']);
  for (const { callId, wav } of [done, interrupted])
    expect(Buffer.compare(await download(callId), wav)).toBe(0);
});

test('a WAV file that is replaced while it is read is read from the FLAC file', async () => {
  start();
  const { callId, wav } = await aRecording('a');
  const file = (await harness.recordings.open(callId))!;
  await compressAll();
  expect(Buffer.compare(await buffer(file.read(100, 5000)), wav.subarray(100, 5000))).toBe(0);
});

test('a database that is older than its files gets the length of a FLAC file', async () => {
  start();
  const { callId, wav } = await aRecording('a');
  await compressAll();
  harness.database.db.update(recordings).set({ state: 'RECORDING', endedAt: null, bytes: null }).run();
  await harness.recordings.repair();
  await harness.ingest.committed();
  expect(harness.recordings.find(callId)).toMatchObject({ state: 'COMPLETE', bytes: wav.length - 44 });
  expect(Buffer.compare(await download(callId), wav)).toBe(0);
});

describe('erasing a recording', () => {
  test('leaves no file, while it is being compressed and afterwards', async () => {
    start();
    const [running, done] = [await aRecording('a', { frames: 2_000_000 }), await aRecording('b')];
    harness.compressor.start();
    await harness.clock.advance(FIRST_SCAN_MS);
    await until(() => filesOf(running.callId).includes('.flac.partial'), 'it is being compressed');
    await harness.recordings.erase(running.callId);
    await idle();
    expect([filesOf(running.callId), filesOf(done.callId)]).toEqual([[], ['.flac']]);
    await harness.recordings.erase(done.callId);
    expect(readdirSync(join(dir, 'recordings'))).toEqual([]);
    expect(harness.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test.each(['rename', 'syncFolder', 'remove'] as const)('leaves no file during %s', async (step) => {
    let reached = false;
    let release = (): void => undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const steps = killedAfter(100);
    const block = async (): Promise<void> => {
      reached = true;
      await blocked;
    };
    let removals = 0;
    start({
      steps: {
        ...steps,
        [step]: async (from: string, to: string) => {
          // The first ones prepare the folder and the draft.
          if (step !== 'remove' || ++removals === 3) await block();
          await steps[step]!(from, to);
        },
      },
    });
    const { callId } = await aRecording('a');
    harness.compressor.start();
    await harness.clock.advance(FIRST_SCAN_MS);
    await until(() => reached, 'the step is reached');
    const erased = harness.recordings.erase(callId);
    release();
    await erased;
    await idle();
    expect(filesOf(callId)).toEqual([]);
  });
});

describe('a failure', () => {
  const warnings = () => harness.lines.filter(({ level }) => level === 'warn');

  test('leaves the WAV file, is logged once with a remedy, and is not repeated', async () => {
    start();
    const [damaged, other] = [await aRecording('a'), await aRecording('b')];
    const path = join(dir, 'recordings', `${damaged.callId}.wav`);
    renameSync(path, join(dir, 'moved.wav'));
    // Links are not followed.
    symlinkSync(join(dir, 'moved.wav'), path);
    harness.compressor.start();
    await harness.clock.advance(FIRST_SCAN_MS);
    await until(async () => {
      await harness.clock.advance(FAILURE_PAUSE_MS);
      return harness.compressor.isIdle;
    }, 'both were tried');
    harness.compressor.add(damaged.callId);
    await harness.clock.advance(AFTER_END_MS);
    expect(harness.compressor.pending).toBe(0);
    expect([filesOf(damaged.callId), filesOf(other.callId)]).toEqual([['.wav'], ['.flac']]);
    expect(harness.compressor.counts).toMatchObject({ compressed: 1, failed: 1 });
    expect(warnings().map(({ fields }) => fields)).toMatchObject([
      { callId: damaged.callId, code: 'RECORDING_NOT_COMPRESSED', remedy: expect.stringContaining('WAV') },
    ]);
  });

  test.each(['before the compression', 'during the compression'])(
    'of a full disk %s is logged once, and repeated after a pause',
    async (when) => {
      let isFull = true;
      let attempts = 0;
      start({
        steps: {
          freeBytes: async () => {
            attempts++;
            return isFull && when.startsWith('before') ? SPARE_BYTES : 10 * SPARE_BYTES;
          },
        },
        codec: {
          async compress(job) {
            writeFileSync(job.target, 'fLaC');
            if (isFull) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
            rmSync(job.target);
            return harness.codec.compress(job);
          },
          cancelCompression: () => harness.codec.cancelCompression(),
        },
      });
      const all = [await aRecording('a'), await aRecording('b')];
      harness.compressor.start();
      await harness.clock.advance(FIRST_SCAN_MS);
      for (const expected of [1, 2, 3]) {
        await until(() => harness.compressor.counts.failed === expected, 'it was tried');
        await harness.clock.settle();
        await harness.clock.advance(FULL_DISK_PAUSE_MS - 1);
        expect([attempts, harness.compressor.pending]).toEqual([expected, 2]);
        // The next attempt writes a draft.
        for (const { callId } of all) expect(filesOf(callId)).toEqual(['.wav']);
        await harness.clock.advance(1);
      }
      expect(warnings()).toHaveLength(1);
      isFull = false;
      await until(async () => {
        await harness.clock.advance(FULL_DISK_PAUSE_MS);
        return harness.compressor.pending === 0;
      }, 'both are compressed');
      for (const { callId } of all) expect(filesOf(callId)).toEqual(['.flac']);
    },
  );
});

test('a stop leaves no timer of calls that have just ended', async () => {
  start();
  const { callId } = await aRecording('ended');
  harness.compressor.add(callId);
  const before = harness.clock.pending;
  await harness.compressor.stop();
  expect(harness.clock.pending).toBe(before - 1);
  harness.compressor.add(callId);
  expect(harness.clock.pending).toBe(before - 1);
});
