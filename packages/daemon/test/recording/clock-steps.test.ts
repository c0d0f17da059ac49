/** A recording is the same file, whatever the wall clock shows. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerCallId } from '@sidetone/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, tone } from '../audio/signals.ts';
import { until } from '../support/daemon.ts';
import { createHarness, event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const FRAMES = 120;
const STEPS_MS = [-300_000, -2000, 2000, 3_600_000, 39_600_000];
const root = tempDir();
let count = 0;

/** Records a call, sets the wall clock before some of its frames, and returns the file and its events. */
async function record(steps: ReadonlyMap<number, number>): Promise<{ file: Buffer; stopped: unknown }> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  const harness = createHarness(dir);
  const { clock } = harness;
  harness.recordings.start();
  const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await harness.ingest.committed();
  await clock.settle();
  const stream = harness.streams.open(callId, {
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 8000,
    parties: ['CUSTOMER', 'ASSISTANT'],
  });
  for (let i = 0; i < FRAMES; i++) {
    clock.stepWallClock(steps.get(i) ?? 0);
    await clock.advance(20);
    stream.write('CUSTOMER', bytesOf(tone(400, 8000, 20, 16_000, i * 160)), i * 20);
    stream.write('ASSISTANT', bytesOf(tone(900, 8000, 20, 8000, i * 160)));
  }
  stream.end('done');
  harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
  await harness.ingest.committed();
  await clock.advance(300);
  await until(() => harness.recordings.size === 0, 'the recording is finished');
  await harness.ingest.committed();
  const [stopped] = await harness.eventLog.page(0, 1000, { types: ['RECORDING_STOPPED'] });
  const file = readFileSync(join(dir, 'recordings', `${callId}.wav`));
  harness.close();
  return { file, stopped: { ...stopped!.fact } };
}

test('steps of the wall clock change neither length nor content of a recording', async () => {
  const { file, stopped } = await record(new Map());
  expect(file.length).toBeGreaterThan(FRAMES * 20 * 64);
  for (const stepMs of STEPS_MS) {
    const stepped = await record(new Map([[FRAMES / 2, stepMs]]));
    expect(stepped.file.equals(file), `${stepMs} ms`).toBe(true);
    expect(stepped.stopped).toEqual(stopped);
  }
  const step = fc.tuple(fc.integer({ min: 0, max: FRAMES }), fc.integer({ min: -1e9, max: 1e9 }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 5 }), async (steps) => {
      expect((await record(new Map(steps))).file.equals(file)).toBe(true);
    }),
    { numRuns: 5 },
  );
});
