import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, type CallId } from '@sidetone/core';
import { expect, test } from 'vitest';
import { eraseOldestCalls } from '../../src/cli/demo-retention.ts';
import { tempDir } from '../support/temp-dir.ts';

function folderWith(files: Readonly<Record<string, number>>): string {
  const folder = join(tempDir(), 'recordings');
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), Buffer.alloc(bytes));
  return folder;
}

/** Imitates the daemon: rejects live calls, and returns false for unknown ones. */
function eraser(folder: string, { live = [], unknown = [] }: { live?: string[]; unknown?: string[] } = {}) {
  const erased: CallId[] = [];
  const erase = (callId: CallId): Promise<boolean> => {
    if (live.includes(callId)) return Promise.reject(new FaultError('CALL_STILL_LIVE', 'the call is live'));
    if (unknown.includes(callId)) return Promise.resolve(false);
    rmSync(join(folder, `${callId}.wav`));
    erased.push(callId);
    return Promise.resolve(true);
  };
  return { erase, erased };
}

test('erases the oldest calls until the rest fits', async () => {
  const folder = folderWith({ 'call_3.wav': 40, 'call_1.wav': 40, 'call_2.wav': 40 });
  const { erase, erased } = eraser(folder);
  await eraseOldestCalls({ folder, maxBytes: 90, erase });
  expect(erased).toEqual(['call_1']);
});

test('keeps live calls and erases the next oldest', async () => {
  const folder = folderWith({ 'call_1.wav': 40, 'call_2.wav': 40, 'call_3.wav': 40 });
  const { erase, erased } = eraser(folder, { live: ['call_1'] });
  await eraseOldestCalls({ folder, maxBytes: 90, erase });
  expect(erased).toEqual(['call_2']);
});

test('deletes recordings of unknown calls, and no other files', async () => {
  const folder = folderWith({ 'call_1.wav': 80, 'call_2.wav': 80, 'notes.txt': 500 });
  const { erase } = eraser(folder, { unknown: ['call_1'] });
  await eraseOldestCalls({ folder, maxBytes: 100, erase });
  expect(readdirSync(folder).toSorted()).toEqual(['call_2.wav', 'notes.txt']);
});

test('does nothing while all recordings fit, or if the folder does not exist', async () => {
  const folder = folderWith({ 'call_1.wav': 50 });
  const { erase, erased } = eraser(folder);
  await eraseOldestCalls({ folder, maxBytes: 50, erase });
  await eraseOldestCalls({ folder: join(folder, 'missing'), maxBytes: 0, erase });
  expect(erased).toEqual([]);
});
