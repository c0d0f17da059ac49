import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '@sidetone/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWatchdog } from '../../src/calls/watchdog.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let asked: string[][];
let stop: () => void;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  asked = [];
  const reconcile = (calls: readonly Call[]): void =>
    void asked.push(calls.map((call) => call.providerCallId as string));
  stop = startWatchdog({ registry: harness.registry, reconcile, clock: harness.clock });
});
afterEach(() => {
  stop();
  harness.close();
});

const MINUTE = 60_000;
async function emit(call: string): Promise<void> {
  harness.emit(event('notice', { code: 'X', message: 'still here' }, { call, at: harness.clock.now() }));
  await harness.ingest.committed();
}

test('reconciles a call without events for five minutes, and again five minutes later', async () => {
  await emit('quiet');
  await harness.clock.advance(5 * MINUTE);
  expect(asked).toEqual([]);
  await harness.clock.advance(MINUTE);
  expect(asked).toEqual([['quiet']]);
  await harness.clock.advance(5 * MINUTE);
  expect(asked).toEqual([['quiet'], ['quiet']]);
});

test('does not reconcile calls with recent events, nor ended calls', async () => {
  await emit('ended');
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: 'ended' }));
  for (let minute = 0; minute < 20; minute++) {
    await emit('talking');
    await harness.clock.advance(MINUTE);
  }
  expect(asked).toEqual([]);
});

test('leaves no timer after it is stopped', () => {
  stop();
  expect(harness.clock.pending).toBe(0);
});

test.each([-300_000, -2000, 2000, 60 * MINUTE, 660 * MINUTE])(
  'is not affected if the wall clock is set by %i ms',
  async (stepMs) => {
    await emit('quiet');
    await harness.clock.advance(2 * MINUTE);
    harness.clock.stepWallClock(stepMs);
    await harness.clock.advance(3 * MINUTE);
    expect(asked).toEqual([]);
    await harness.clock.advance(MINUTE);
    expect(asked).toEqual([['quiet']]);
  },
);
