/** The quota of recordings and the floor of free disk space. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WAV_HEADER_BYTES, type CallId } from '@sidetone/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Erasure } from '../../../src/calls/erasure.ts';
import { HoldService } from '../../../src/calls/hold-service.ts';
import { RecordingSpace, SPACE_INTERVAL_MS } from '../../../src/calls/retention/recording-space.ts';
import { Retention } from '../../../src/calls/retention/retention.ts';
import { createAuditReader } from '../../../src/store/audit/reader.ts';
import { until } from '../../support/daemon.ts';
import { createHarness, event, type Harness } from '../../support/harness.ts';
import { createTestLog } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Of each recording, with its header. */
const SIZE = 1000;
const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
let erasure: Erasure;
let callIds: CallId[];

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(join(dir, 'recordings'), { recursive: true });
  harness = createHarness(dir);
  erasure = new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') });
  callIds = [];
  for (let i = 0; i < 30; i++) callIds.push(aRecordedCall(`call-${i}`));
  await harness.ingest.committed();
});
afterEach(async () => {
  await erasure.close();
  harness.close();
});

function aRecordedCall(call: string): CallId {
  const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call }));
  harness.ingest.record(callId, { type: 'RECORDING_STARTED', startedAt: 1, channels: 2, sampleRate: 16_000 });
  const bytes = SIZE - WAV_HEADER_BYTES;
  harness.ingest.record(callId, { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: 1, bytes });
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  writeFileSync(join(dir, 'recordings', `${callId}.wav`), 'audio');
  return callId;
}

function spaceOf(limits: {
  maxBytes?: number;
  minFreeBytes?: number;
  free?: number;
  isLocal?: (callId: CallId) => Promise<boolean>;
}) {
  const { lines, log } = createTestLog();
  const retention = new Retention({
    ...harness,
    rules: [],
    store: harness.ledger.retention,
    erasure,
    log: log(''),
  });
  const space = new RecordingSpace({
    ...harness,
    maxBytes: limits.maxBytes ?? 0,
    minFreeBytes: limits.minFreeBytes ?? 0,
    folder: join(dir, 'recordings'),
    store: harness.ledger.retention,
    ...(limits.isLocal && { isLocal: limits.isLocal }),
    compressedBytes: () => harness.recordingFiles.flacBytes(),
    prune: (work) => retention.prune(work),
    log: log(''),
    freeBytes: async () => limits.free ?? 0,
  });
  return { space, lines };
}

const recorded = (): readonly CallId[] =>
  callIds.filter((callId) => existsSync(join(dir, 'recordings', `${callId}.wav`)));

test('above the quota, the oldest recordings are removed, and their calls stay', async () => {
  const { space } = spaceOf({ maxBytes: 5 * SIZE });
  await space.check();
  expect(recorded()).toEqual(callIds.slice(-5));
  expect(harness.ledger.retention.recordings(undefined, 100)).toHaveLength(5);
  expect(space.status).toMatchObject({ recordingBytes: 5 * SIZE, removedRecordings: 25, missingBytes: 0 });
  expect(harness.registry.recall(callIds[0]!)).toBeDefined();
  await space.check();
  expect(space.status.removedRecordings).toBe(25);
  const details = [...createAuditReader(harness.database.db.$client).entries()].map((entry) => entry.details);
  expect(details).toMatchObject([
    { kind: 'RECORDING', reason: 'QUOTA', calls: 20 },
    { kind: 'RECORDING', reason: 'QUOTA', calls: 5 },
  ]);
});

test('below the free space of the disk, as many are removed as are missing', async () => {
  const { space } = spaceOf({ minFreeBytes: 10 * SIZE, free: 7 * SIZE });
  await space.check();
  expect(recorded()).toEqual(callIds.slice(3));
});

test('compressed recordings count with the size that they have on the disk', async () => {
  const path = (callId: CallId, extension: string): string =>
    join(dir, 'recordings', `${callId}.${extension}`);
  for (const callId of callIds.slice(0, 20)) {
    writeFileSync(path(callId, 'flac'), Buffer.alloc(SIZE / 10));
    rmSync(path(callId, 'wav'));
  }
  const fitting = spaceOf({ maxBytes: 12 * SIZE }).space;
  await fitting.check();
  expect(fitting.status).toMatchObject({ recordingBytes: 12 * SIZE, removedRecordings: 0 });
  const { space } = spaceOf({ maxBytes: 11 * SIZE });
  await space.check();
  expect(space.status).toMatchObject({ recordingBytes: 11 * SIZE, removedRecordings: 10 });
  expect(readdirSync(join(dir, 'recordings'))).toHaveLength(20);
});

test('recordings of held calls stay, with a warning if there are no others', async () => {
  const holds = new HoldService(harness);
  for (const callId of callIds.slice(0, 3)) await holds.place(callId, undefined, 'ada');
  const { space, lines } = spaceOf({ maxBytes: SIZE });
  await space.check();
  expect(recorded()).toEqual(callIds.slice(0, 3));
  expect(space.status.missingBytes).toBe(2 * SIZE);
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'recordings take too much space, and no more can be removed'],
  ]);
});

test('is checked regularly; without a limit, there is no timer', async () => {
  spaceOf({}).space.start();
  expect(harness.clock.pending).toBe(0);
  const { space } = spaceOf({ maxBytes: 5 * SIZE });
  space.start();
  await harness.clock.advance(SPACE_INTERVAL_MS);
  await until(() => recorded().length === 5, 'the quota is kept');
  await space.stop();
  expect(harness.clock.pending).toBe(0);
});

test('recordings of other nodes are neither counted nor removed', async () => {
  const own = new Set(callIds.slice(10, 20));
  const { space } = spaceOf({ maxBytes: 5 * SIZE, isLocal: async (callId) => own.has(callId) });
  await space.check();
  expect(recorded()).toEqual([...callIds.slice(0, 10), ...callIds.slice(15)]);
  expect(space.status).toMatchObject({ recordingBytes: 5 * SIZE, removedRecordings: 5 });
});
