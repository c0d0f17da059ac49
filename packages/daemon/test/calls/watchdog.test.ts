import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '@sidetone/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startWatchdog } from '../../src/calls/watchdog.ts';
import { createHeart, event, type Heart } from '../support/heart.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let heart: Heart;
let asked: string[][];
let stop: () => void;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  heart = createHeart(dir);
  asked = [];
  const reconcile = (calls: readonly Call[]): void =>
    void asked.push(calls.map((call) => call.providerCallId as string));
  stop = startWatchdog({ book: heart.book, reconcile, clock: heart.clock });
});
afterEach(() => {
  stop();
  heart.close();
});

const MINUTE = 60_000;
async function hear(call: string): Promise<void> {
  heart.tell(event('notice', { code: 'X', message: 'still here' }, { call, at: heart.clock.now() }));
  await heart.ingest.committed();
}

test('a call of which nothing was heard for five minutes is asked about, and again five minutes later', async () => {
  await hear('quiet');
  await heart.clock.advance(5 * MINUTE);
  expect(asked).toEqual([]);
  await heart.clock.advance(MINUTE);
  expect(asked).toEqual([['quiet']]);
  await heart.clock.advance(5 * MINUTE);
  expect(asked).toEqual([['quiet'], ['quiet']]);
});

test('a call that is heard of is not asked about, and neither is one that ended', async () => {
  await hear('ended');
  heart.tell(event('call.ended', { end: { category: 'BUSY' } }, { call: 'ended' }));
  for (let minute = 0; minute < 20; minute++) {
    await hear('talking');
    await heart.clock.advance(MINUTE);
  }
  expect(asked).toEqual([]);
});

test('a watchdog that was stopped looks no more', () => {
  stop();
  expect(heart.clock.pending).toBe(0);
});
