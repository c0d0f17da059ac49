/** Recordings that are stored as FLAC, over HTTP and in the API: the same WAV file as before, and the FLAC file as it is stored. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavHeader, type CallId } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createCodec } from '../../src/recording/compression/codec-threads.ts';
import { auditLog } from '../../src/store/schema.ts';
import * as tokens from '../../src/tokens.ts';
import { bytesOf, tone } from '../audio/signals.ts';
import { CODEC_PROGRAM } from '../support/codec.ts';
import { databaseOf, startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const FORMAT = { channels: 2, sampleRate: 16_000 };
const SAMPLES = bytesOf(tone(440, 16_000, 14_000));
const WAV = Buffer.concat([encodeWavHeader(FORMAT, SAMPLES.length), SAMPLES]);
const root = tempDir();
const codec = createCodec(createFakeClock(), CODEC_PROGRAM);
afterAll(() => codec.close());
let count = 0;
let it: TestDaemon;
let callId: CallId;
let folder: string;

const pathOf = (extension: 'wav' | 'flac'): string => join(folder, `${callId}.${extension}`);

beforeEach(async () => {
  folder = join(root, String(count++), 'recordings');
  mkdirSync(folder, { recursive: true });
  it = await startTestDaemon(join(folder, '..'), { recording: { path: folder } });
  it.daemon.parts.register(tokens.CODEC, { useValue: codec });
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  await it.committed();
  const ingest = it.daemon.parts.resolve(tokens.INGEST);
  callId = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!.id;
  ingest.record(callId, { type: 'RECORDING_STARTED', startedAt: Date.now(), ...FORMAT });
  const end = { end: 'COMPLETE', durationMs: 1, bytes: SAMPLES.length } as const;
  ingest.record(callId, { type: 'RECORDING_STOPPED', ...end });
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: Date.now() }));
  await it.committed();
  writeFileSync(pathOf('wav'), WAV);
});

/** Replaces the WAV file as the compressor does. */
async function compress(): Promise<void> {
  const frames = SAMPLES.length / 4;
  await codec.compress({ source: pathOf('wav'), target: pathOf('flac'), format: FORMAT, frames });
  rmSync(pathOf('wav'));
}

const get = (extension: 'wav' | 'flac', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(it.url(`calls/${callId}/recording.${extension}`), { headers });

const bytesIn = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

async function answerOf(extension: 'wav' | 'flac', headers: Record<string, string> = {}) {
  const response = await get(extension, headers);
  const { date: _date, ...rest } = Object.fromEntries(response.headers);
  return { status: response.status, headers: rest, bytes: await bytesIn(response) };
}

const RANGES = [
  'bytes=0-43',
  'bytes=40-50',
  'bytes=300001-700002',
  'bytes=-7',
  'bytes=1000-',
  'bytes=9999999-',
];

test('answers requests for WAV exactly as before', async () => {
  const requests = [{}, ...RANGES.map((range) => ({ range }))];
  const answers = () => Promise.all(requests.map((headers) => answerOf('wav', headers)));
  const before = await answers();
  await compress();
  expect(await answers()).toEqual(before);
  expect(before[0]!.bytes.equals(WAV)).toBe(true);
  const { etag, 'last-modified': changed } = before[0]!.headers;
  expect((await get('wav', { 'if-none-match': etag! })).status).toBe(304);
  expect(changed).toBeDefined();
});

test('sends the FLAC file with ranges, whatever limits exports', async () => {
  await compress();
  const slots = it.daemon.parts.resolve(tokens.EXPORT_SLOTS);
  let release = (): void => undefined;
  const exports = [1, 2].map(() => slots.run(() => new Promise<void>((resolve) => (release = resolve))));
  const file = readFileSync(pathOf('flac'));
  const whole = await get('flac');
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    'content-type': 'audio/flac',
    'content-length': String(file.length),
    'content-disposition': expect.stringMatching(
      new RegExp(`^attachment; filename="\\d{4}-\\d\\d-\\d\\d-${callId}\\.flac"$`),
    ),
    'accept-ranges': 'bytes',
  });
  expect((await bytesIn(whole)).equals(file)).toBe(true);
  const part = await get('flac', { range: 'bytes=1000-1999' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${file.length}`]);
  expect((await bytesIn(part)).equals(file.subarray(1000, 2000))).toBe(true);
  const { db } = databaseOf(it);
  expect(db.select({ action: auditLog.action }).from(auditLog).all()).toEqual([
    { action: 'DOWNLOAD_RECORDING' },
  ]);
  release();
  void exports;
});

async function stored(): Promise<unknown> {
  const query = `{ call(id: "${callId}") { recording { bytes storedFormat storedBytes } } }`;
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: { call: { recording: unknown } } }).data.call.recording;
}

test('the API has the format and the size on the disk', async () => {
  const bytes = WAV.length;
  expect(await stored()).toEqual({ bytes, storedFormat: 'WAV', storedBytes: bytes });
  await compress();
  const storedBytes = readFileSync(pathOf('flac')).length;
  expect(await stored()).toEqual({ bytes, storedFormat: 'FLAC', storedBytes });
  rmSync(pathOf('flac'));
  expect(await stored()).toEqual({ bytes, storedFormat: null, storedBytes: null });
  expect((await get('wav')).status).toBe(404);
});

test('a damaged FLAC file is reported, and the part before it is sent', async () => {
  await compress();
  const file = readFileSync(pathOf('flac'));
  file[file.length - 1000]! ^= 0xff;
  writeFileSync(pathOf('flac'), file);
  const first = await answerOf('wav', { range: 'bytes=0-99999' });
  expect(first.bytes.equals(WAV.subarray(0, 100_000))).toBe(true);
  await expect(answerOf('wav')).rejects.toThrow();
  writeFileSync(pathOf('flac'), 'fLaC');
  expect((await get('wav')).status).toBe(503);
  const reported = it.lines.filter(({ message }) => message === 'reading a compressed recording failed');
  expect(reported.map(({ fields }) => fields['code'])).toEqual([
    'RECORDING_UNREADABLE',
    'RECORDING_UNREADABLE',
  ]);
});
