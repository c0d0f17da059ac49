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
async function hear(call: string): Promise<void> {
  harness.emit(event('notice', { code: 'X', message: 'still here' }, { call, at: harness.clock.now() }));
  await harness.ingest.committed();
}

test('a call of which nothing was heard for five minutes is asked about, and again five minutes later', async () => {
  await hear('quiet');
  await harness.clock.advance(5 * MINUTE);
  expect(asked).toEqual([]);
  await harness.clock.advance(MINUTE);
  expect(asked).toEqual([['quiet']]);
  await harness.clock.advance(5 * MINUTE);
  expect(asked).toEqual([['quiet'], ['quiet']]);
});

test('a call that is heard of is not asked about, and neither is one that ended', async () => {
  await hear('ended');
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: 'ended' }));
  for (let minute = 0; minute < 20; minute++) {
    await hear('talking');
    await harness.clock.advance(MINUTE);
  }
  expect(asked).toEqual([]);
});

test('a watchdog that was stopped looks no more', () => {
  stop();
  expect(harness.clock.pending).toBe(0);
});
