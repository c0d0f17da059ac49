import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { providerCallId, type CallId, type MediaStream } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

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

const open = (): MediaStream =>
  harness.streams.open(callId, {
    providerCallId: providerCallId('their-call'),
    encoding: 'mulaw',
    sampleRate: 8000,
    parties: ['CUSTOMER'],
  });

async function storedCounters() {
  await harness.ingest.committed();
  return (await harness.history.streams(callId)).map(({ frames, bytes, missingFrames }) => ({
    frames,
    bytes,
    missingFrames,
  }));
}

test('samples that readers receive are not overwritten by the next frame, as metered ones are', () => {
  harness.demand.add('levels', [callId]);
  harness.demand.add('audio', [callId]);
  const write = vi.spyOn(harness.audio, 'write');
  const stream = open();
  for (const octet of [0x80, 0x00, 0xff]) stream.write('CUSTOMER', new Uint8Array(160).fill(octet));
  expect(write.mock.calls.map(([, , , , { samples }]) => samples[0])).toEqual([32_124, -32_124, 0]);
  stream.end('done');
});

describe('the counters of a stream', () => {
  test.each([true, false])('include all written frames (with demand: %s)', async (hasDemand) => {
    if (hasDemand) harness.demand.add('levels', [callId]);
    const stream = open();
    for (let i = 0; i < 3; i++) stream.write('CUSTOMER', new Uint8Array(160));
    stream.end('done');
    expect(await storedCounters()).toEqual([{ frames: 3, bytes: 480, missingFrames: 0 }]);
  });

  test('include skipped frames, which are neither metered nor played', async () => {
    harness.demand.add('levels', [callId]);
    const stream = open();
    stream.skip(160);
    stream.write('CUSTOMER', new Uint8Array(80));
    stream.skip(160);
    expect(harness.levels.read(callId, 100)).toHaveLength(1);
    stream.end('done');
    expect(await storedCounters()).toEqual([{ frames: 3, bytes: 400, missingFrames: 0 }]);
  });

  test('include reported gaps as missing frames', async () => {
    const stream = open();
    stream.gap('CUSTOMER', 60, 3);
    stream.end('done');
    expect(await storedCounters()).toEqual([{ frames: 0, bytes: 0, missingFrames: 3 }]);
  });

  test('do not change after the end', async () => {
    const stream = open();
    stream.end('done');
    stream.write('CUSTOMER', new Uint8Array(160));
    stream.skip(160);
    stream.end('again');
    expect(await storedCounters()).toEqual([{ frames: 0, bytes: 0, missingFrames: 0 }]);
  });
});
