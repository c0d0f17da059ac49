import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FaultError, providerCallId, type CallId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BYTES_PER_MS } from '../../src/audio/frames.ts';
import { MAX_WAITING_BLOCKS } from '../../src/recording/block-writer.ts';
import type { Recording, RecordingRows } from '../../src/recording/ports.ts';
import { createRecordingRows } from '../../src/store/media.ts';
import { FINISH_TIMEOUT_MS, type RecordingServiceDeps } from '../../src/recording/recording-service.ts';
import { wavFiles, type WavFile } from '../../src/recording/wav-file.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/daemon.ts';
import { amplitudeAt, bytesOf, channelOf, extentOf, peakOf, tone } from '../audio/signals.ts';

const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
});
afterEach(async () => {
  // Closes the files of recordings that a test left running.
  await harness.recordings.stop();
  harness.close();
});

async function start(recordings: Partial<RecordingServiceDeps> = {}): Promise<CallId> {
  harness = createHarness(dir, { recordings, compressor: { isOn: false } });
  harness.recordings.start();
  return aCall();
}

async function aCall(): Promise<CallId> {
  const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
  await harness.clock.settle();
  return callId;
}

const openStream = (callId: CallId) =>
  harness.streams.open(callId, {
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 8000,
    parties: ['CUSTOMER', 'ASSISTANT'],
  });

/** Streams 400 Hz of the customer and 900 Hz of the assistant, half as loud. */
async function talk(callId: CallId, ms: number): Promise<void> {
  const stream = openStream(callId);
  for (let i = 0; i < ms / 20; i++) {
    await harness.clock.advance(20);
    stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
    stream.write('ASSISTANT', bytesOf(tone(900, 8000, 20, 8000, i * 160)), i * 20);
  }
  stream.end('done');
}

async function hangUp(): Promise<void> {
  harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
  await harness.ingest.committed();
  await harness.clock.advance(300);
  await until(() => harness.recordings.size === 0, 'the recording is finished');
  await harness.ingest.committed();
}

const pathOf = (callId: CallId): string => join(dir, 'recordings', `${callId}.wav`);

interface Wav {
  readonly left: Int16Array;
  readonly right: Int16Array;
  readonly ms: number;
}

/** Reads a file by its header, like any player. */
function readWav(bytes: Buffer): Wav {
  expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', 8, 16)]).toEqual(['RIFF', 'WAVEfmt ']);
  expect([
    bytes.readUInt16LE(20),
    bytes.readUInt16LE(22),
    bytes.readUInt32LE(24),
    bytes.readUInt16LE(34),
  ]).toEqual([1, 2, 16_000, 16]);
  const size = bytes.readUInt32LE(40);
  expect([bytes.readUInt32LE(4), bytes.length]).toEqual([36 + size, 44 + size]);
  const samples = new Int16Array(Uint8Array.from(bytes.subarray(44)).buffer);
  return { left: channelOf(samples, 0), right: channelOf(samples, 1), ms: size / BYTES_PER_MS };
}

/** The store answers at once. */
const recordingOf = (callId: CallId): Recording | undefined =>
  harness.recordings.find(callId) as Recording | undefined;

/** A store that answers later, and fails first. */
function laterRows(failures: number): RecordingRows {
  let left = failures;
  const answer = async <Value>(read: (rows: RecordingRows) => Value): Promise<Awaited<Value>> => {
    await harness.clock.settle();
    if (left-- > 0) throw new FaultError('STORE_UNREACHABLE', 'no server');
    return read(createRecordingRows(harness.database.db)) as Awaited<Value>;
  };
  return { get: (callId) => answer((rows) => rows.get(callId)), open: () => answer((rows) => rows.open()) };
}

const factsOf = async (): Promise<unknown[]> =>
  (
    await harness.eventLog.page(0, 1000, {
      types: ['RECORDING_STARTED', 'RECORDING_STOPPED', 'CALL_NOTICE'],
    })
  ).map(({ fact }) => fact);

describe('a recording', () => {
  test('has one channel per party and lasts from the first audio to the end of the call', async () => {
    const callId = await start();
    await harness.clock.advance(5000);
    expect(existsSync(pathOf(callId))).toBe(false);
    await talk(callId, 2000);
    await harness.clock.advance(1500);
    await hangUp();
    const { left, right, ms } = readWav(readFileSync(pathOf(callId)));
    expect(Math.abs(ms - 3600)).toBeLessThanOrEqual(120);
    expect(amplitudeAt(400, 16_000, left.subarray(3200, 28_800)) / 16_000).toBeCloseTo(1, 1);
    expect(amplitudeAt(900, 16_000, right.subarray(3200, 28_800)) / 8000).toBeCloseTo(1, 1);
    expect(amplitudeAt(900, 16_000, left.subarray(3200, 28_800))).toBeLessThan(50);
    expect(peakOf(left.subarray(34_000))).toBe(0);
    expect(statSync(pathOf(callId)).mode & 0o777).toBe(0o600);
    expect(await factsOf()).toMatchObject([
      { type: 'RECORDING_STARTED', channels: 2, sampleRate: 16_000 },
      { type: 'RECORDING_STOPPED', end: 'COMPLETE', bytes: ms * BYTES_PER_MS, durationMs: ms },
    ]);
    expect(recordingOf(callId)).toMatchObject({ state: 'COMPLETE', durationMs: ms });
  });

  test('keeps both parties in time across silence and a new stream', async () => {
    const callId = await start();
    await talk(callId, 1000);
    await harness.clock.advance(2000);
    const again = openStream(callId);
    for (let i = 0; i < 25; i++) {
      await harness.clock.advance(20);
      again.write('ASSISTANT', bytesOf(tone(900, 8000, 20, 8000, i * 160)));
    }
    again.end('done');
    await hangUp();
    const { left, right } = readWav(readFileSync(pathOf(callId)));
    const [first, last] = extentOf(left);
    expect(first / 16).toBeLessThan(80);
    expect(Math.abs((last - first) / 16 - 1000)).toBeLessThan(5);
    const second = right.subarray(32_000);
    expect(Math.abs(2000 + (extentOf(second)[0] - first) / 16 - 3000)).toBeLessThan(25);
  });

  test('does not exist for a call without audio', async () => {
    const callId = await start();
    await harness.clock.advance(10_000);
    await hangUp();
    expect([existsSync(join(dir, 'recordings')), recordingOf(callId), await factsOf()]).toEqual([
      false,
      undefined,
      [],
    ]);
  });

  test('is not made, and adds no demand, if recording is disabled for the provider', async () => {
    const callId = await start({ isRecorded: () => false });
    expect([harness.demand.size, harness.audio.size, harness.recordings.size]).toEqual([0, 0, 0]);
    await talk(callId, 100);
    expect(existsSync(join(dir, 'recordings'))).toBe(false);
  });

  test('adds demand for audio until the end of the call, and for levels if waveforms are kept', async () => {
    const callId = await start();
    expect(harness.demand.has('audio', callId) && harness.demand.has('levels', callId)).toBe(true);
    await talk(callId, 1000);
    expect(harness.demand.has('audio', callId)).toBe(true);
    await hangUp();
    expect([harness.demand.size, harness.audio.size, harness.clock.pending]).toEqual([0, 0, 1]);
    await harness.waveforms.flush();
    expect(harness.clock.pending).toBe(0);
    const waveform = await harness.waveforms.read(
      callId,
      harness.clock.now() - 1300,
      harness.clock.now(),
      13,
    );
    expect(Math.max(...waveform[0]!.peaksDb)).toBeCloseTo(-6, 0);
  });

  test('can be read while it is written, up to the current length', async () => {
    const callId = await start();
    await talk(callId, 3500);
    await until(() => (recordingOf(callId)?.bytes ?? 0) >= 3 * 64_000, 'three seconds are written');
    const file = (await harness.recordings.open(callId))!;
    const bytes = await buffer(file.read(0, file.bytes));
    expect(readWav(bytes).ms).toBe(3000);
    expect(recordingOf(callId)).toMatchObject({
      state: 'RECORDING',
      durationMs: 3000,
      endedAt: null,
    });
    const part = await buffer(file.read(40, 1000));
    expect(part.equals(bytes.subarray(40, 1000))).toBe(true);
    expect((await buffer(file.read(2000, 3000))).equals(bytes.subarray(2000, 3000))).toBe(true);
    await hangUp();
  });

  test.each([
    ['at once', () => ({})],
    ['later, after failures', () => ({ rows: laterRows(2) })],
  ])(
    'continues in the same file after a restart, with silence for the time between; the store answers %s',
    async (_when, options) => {
      const callId = await start();
      await talk(callId, 2000);
      const stoppedAt = harness.clock.now();
      await harness.recordings.stop();
      await harness.ingest.committed();
      expect(recordingOf(callId)?.state).toBe('COMPLETE');
      harness.close();

      const { clock } = harness;
      await clock.advance(3000);
      harness = createHarness(dir, { clock, recordings: options() });
      harness.recordings.start();
      await talk(callId, 2000);
      await hangUp();
      const { left, ms } = readWav(readFileSync(pathOf(callId)));
      const { startedAt } = (await harness.recordings.find(callId))!;
      expect(amplitudeAt(400, 16_000, left.subarray(1600, 28_800)) / 16_000).toBeCloseTo(1, 1);
      const resumed = left.subarray((stoppedAt - startedAt + 500) * 16);
      expect(Math.abs(extentOf(resumed)[0] / 16 - 2500)).toBeLessThan(25);
      expect(Math.abs(ms - 7100)).toBeLessThan(200);
    },
  );

  test('updates the header of the file every ten seconds', async () => {
    const callId = await start();
    await talk(callId, 5000);
    await until(() => (recordingOf(callId)?.bytes ?? 0) >= 4 * 64_000, 'some seconds are written');
    await talk(callId, 7000);
    await until(() => readFileSync(pathOf(callId)).readUInt32LE(40) === 10 * 64_000, 'the header is updated');
  });

  test('is served up to the length of a truncated file', async () => {
    const callId = await start();
    await talk(callId, 3000);
    await hangUp();
    truncateSync(pathOf(callId), 44 + 64_000);
    expect((await harness.recordings.open(callId))!.bytes).toBe(44 + 64_000);
  });

  test('is repaired at the next start after a crash', async () => {
    const callId = await start();
    await talk(callId, 4000);
    await until(() => (recordingOf(callId)?.bytes ?? 0) >= 3 * 64_000, 'three seconds are written');
    await harness.ingest.committed();
    // After a kill, the header is that of the start, and the last sample is incomplete.
    const path = pathOf(callId);
    expect(readFileSync(path).readUInt32LE(40)).toBe(0);
    truncateSync(path, 44 + 3 * 64_000 - 2);
    const killed = harness;
    killed.close();

    harness = createHarness(dir);
    await harness.recordings.repair();
    await harness.ingest.committed();
    const { ms, left } = readWav(readFileSync(path));
    expect(Math.floor(ms)).toBe(2999);
    expect(peakOf(left)).toBeGreaterThan(15_000);
    expect(recordingOf(callId)).toMatchObject({ state: 'COMPLETE', durationMs: 2999 });
    await killed.recordings.stop();
  });

  test.each([
    ['that another node writes', true, false],
    ['in the folder of another node', false, true],
  ])('%s is left alone', async (_case, isElsewhere, isMissing) => {
    const callId = await start();
    await talk(callId, 2000);
    await until(() => (recordingOf(callId)?.bytes ?? 0) > 0, 'audio is written');
    await harness.ingest.committed();
    const killed = harness;
    killed.close();
    harness = createHarness(dir, { recordings: { isElsewhere: () => Promise.resolve(isElsewhere) } });
    const before = recordingOf(callId)?.state;
    if (isMissing) rmSync(pathOf(callId));
    await harness.recordings.repair();
    await harness.ingest.committed();
    expect(recordingOf(callId)?.state).toBe(before);
    if (!isMissing) expect(readFileSync(pathOf(callId)).readUInt32LE(40)).toBe(0);
    await killed.recordings.stop();
  });

  test('does not exist after a restart if its file is missing', async () => {
    const callId = await start();
    harness.ingest.record(callId, {
      type: 'RECORDING_STARTED',
      startedAt: 1,
      channels: 2,
      sampleRate: 16_000,
    });
    await harness.ingest.committed();
    await harness.recordings.repair();
    await harness.ingest.committed();
    expect(recordingOf(callId)).toBeUndefined();
    expect(await harness.recordings.open(callId)).toBeUndefined();
  });
});

describe('a disk', () => {
  /** Returns files with a replaced `write`. */
  const filesWith = (write: (file: WavFile, samples: Uint8Array, at: number) => Promise<void>) => ({
    open: async (...args: Parameters<typeof wavFiles.open>): Promise<WavFile> => {
      const file = await wavFiles.open(...args);
      return { ...file, write: (samples, at) => write(file, samples, at) };
    },
  });
  const failing = (code: string): never => {
    throw Object.assign(new Error(`${code}: write failed`), { code });
  };

  test('that is full ends the recording with a notice, not the call, and keeps what was written', async () => {
    const callId = await start({
      wavFiles: filesWith((file, samples, at) =>
        at >= 128_000 ? failing('ENOSPC') : file.write(samples, at),
      ),
    });
    await talk(callId, 4000);
    await until(() => harness.recordings.size === 0, 'the recording has ended');
    await harness.ingest.committed();
    expect(await factsOf()).toMatchObject([
      { type: 'RECORDING_STARTED' },
      {
        type: 'CALL_NOTICE',
        code: 'RECORDING_FAILED',
        message: 'the recording ended before the call: the disk is full',
      },
      { type: 'RECORDING_STOPPED', end: 'FAILED', bytes: 128_000, durationMs: 2000 },
    ]);
    expect(harness.ingest.current(callId)?.status).toBe('IN_PROGRESS');
    expect(readWav(readFileSync(pathOf(callId))).ms).toBe(2000);
    expect([harness.audio.size, harness.demand.size]).toEqual([0, 0]);
  });

  test('without write permission is reported at once, without the path', async () => {
    writeFileSync(join(dir, 'recordings'), 'a file where the folder should be');
    const callId = await start();
    await talk(callId, 400);
    await until(() => harness.recordings.size === 0, 'the recording has ended');
    await harness.ingest.committed();
    expect(await factsOf()).toMatchObject([
      { type: 'RECORDING_STARTED' },
      { code: 'RECORDING_FAILED', message: expect.not.stringContaining(dir) as string },
      { end: 'FAILED', bytes: 0 },
    ]);
    expect(recordingOf(callId)).toBeUndefined();
  });

  test('without the folder creates it again, for its user only', async () => {
    const first = await start();
    await talk(first, 200);
    await hangUp();
    rmSync(join(dir, 'recordings'), { recursive: true });
    expect(recordingOf(first)).toBeDefined();
    const second = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call: 'second-call' }));
    await harness.ingest.committed();
    await harness.clock.settle();
    const stream = harness.streams.open(second, {
      providerCallId: providerCallId('second-call'),
      encoding: 'pcm_s16le',
      sampleRate: 8000,
      parties: ['CUSTOMER'],
    });
    for (let i = 0; i < 10; i++) {
      await harness.clock.advance(20);
      stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
    }
    stream.end('done');
    harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, { call: 'second-call' }));
    await harness.ingest.committed();
    await harness.clock.advance(300);
    await until(() => harness.recordings.size === 0, 'the recording is finished');
    expect(recordingOf(second)?.state).toBe('COMPLETE');
    expect([existsSync(pathOf(second)), statSync(join(dir, 'recordings')).mode & 0o777]).toEqual([
      true,
      0o700,
    ]);
  });

  test('with a symbolic link where the file should be does not write through it', async () => {
    const callId = await start();
    mkdirSync(join(dir, 'recordings'));
    const target = join(dir, 'other-file');
    writeFileSync(target, 'untouched');
    symlinkSync(target, pathOf(callId));
    await talk(callId, 400);
    await until(() => harness.recordings.size === 0, 'the recording has ended');
    await harness.ingest.committed();
    expect(await factsOf()).toContainEqual(expect.objectContaining({ code: 'RECORDING_FAILED' }));
    expect(readFileSync(target, 'utf8')).toBe('untouched');
  });

  test('that is slow drops the oldest waiting audio, which is silent; the rest keeps its position', async () => {
    let writes = 0;
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const callId = await start({
      wavFiles: filesWith(async (file, samples, at) => {
        writes += 1;
        await slow;
        await file.write(samples, at);
      }),
    });
    // One second is being written, ten wait, three are dropped.
    await talk(callId, 1200);
    await until(() => writes === 1, 'the first second is being written');
    await talk(callId, 13_000);
    release();
    await until(() => recordingOf(callId)?.bytes === 14 * 64_000, 'the waiting blocks are written');
    await hangUp();
    const { left, ms } = readWav(readFileSync(pathOf(callId)));
    expect(Math.abs(ms - 14_200)).toBeLessThan(250);
    const droppedMs = ms - MAX_WAITING_BLOCKS * 1000 - 1000 - (ms % 1000);
    expect(amplitudeAt(400, 16_000, left.subarray(1600, 16_000)) / 16_000).toBeCloseTo(1, 1);
    expect(peakOf(left.subarray(16_000, 16_000 + droppedMs * 16))).toBe(0);
    expect(amplitudeAt(400, 16_000, left.subarray(80_000, 220_000)) / 16_000).toBeCloseTo(1, 1);
    expect(harness.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { callId, droppedMs } }),
    );
    const seconds = (droppedMs / 1000).toFixed(1);
    expect(
      (await factsOf()).filter((fact) => (fact as { type: string }).type === 'CALL_NOTICE'),
    ).toMatchObject([
      {
        code: 'RECORDING_GAP',
        message: `${seconds} s of the call are missing in the recording: the disk is too slow`,
      },
    ]);
    expect(recordingOf(callId)?.state).toBe('COMPLETE');
  });

  test('that never answers blocks neither the call nor the stop of the daemon', async () => {
    const callId = await start({ wavFiles: filesWith(() => new Promise(() => undefined)) });
    await talk(callId, 2000);
    const stopped = harness.recordings.stop();
    await harness.clock.advance(FINISH_TIMEOUT_MS);
    await stopped;
    await harness.ingest.committed();
    expect((await factsOf()).at(-1)).toMatchObject({ type: 'RECORDING_STOPPED', bytes: 0 });
  });
});

describe('erase', () => {
  test('deletes the file', async () => {
    const callId = await start();
    await talk(callId, 1000);
    harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await harness.ingest.committed();
    expect(harness.recordings.size).toBe(1);
    await harness.recordings.erase(callId);
    expect([harness.recordings.size, existsSync(pathOf(callId))]).toEqual([0, false]);
  });

  test('accepts a call without a recording and rejects if the file cannot be deleted', async () => {
    const callId = await start();
    await hangUp();
    await harness.recordings.erase(callId);
    mkdirSync(pathOf(callId), { recursive: true });
    await expect(harness.recordings.erase(callId)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  });
});
