import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, type CallId } from '@sidetone/core';
import { expect, test } from 'vitest';
import { makeRoom } from '../../src/cli/demo-room.ts';
import { tempDir } from '../support/temp-dir.ts';

function folderWith(files: Readonly<Record<string, number>>): string {
  const folder = join(tempDir(), 'recordings');
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), Buffer.alloc(bytes));
  return folder;
}

/** Erases as the daemon does: a live call is refused, of one that is unknown nothing is done. */
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

test('the oldest calls go until the rest fits', async () => {
  const folder = folderWith({ 'call_3.wav': 40, 'call_1.wav': 40, 'call_2.wav': 40 });
  const { erase, erased } = eraser(folder);
  await makeRoom({ folder, maxBytes: 90, erase });
  expect(erased).toEqual(['call_1']);
});

test('live calls stay, and the next oldest goes', async () => {
  const folder = folderWith({ 'call_1.wav': 40, 'call_2.wav': 40, 'call_3.wav': 40 });
  const { erase, erased } = eraser(folder, { live: ['call_1'] });
  await makeRoom({ folder, maxBytes: 90, erase });
  expect(erased).toEqual(['call_2']);
});

test('a recording of a call that is not known goes too; other files are left alone', async () => {
  const folder = folderWith({ 'call_1.wav': 80, 'call_2.wav': 80, 'notes.txt': 500 });
  const { erase } = eraser(folder, { unknown: ['call_1'] });
  await makeRoom({ folder, maxBytes: 100, erase });
  expect(readdirSync(folder).toSorted()).toEqual(['call_2.wav', 'notes.txt']);
});

test('nothing is done while all fits, or before there is a folder', async () => {
  const folder = folderWith({ 'call_1.wav': 50 });
  const { erase, erased } = eraser(folder);
  await makeRoom({ folder, maxBytes: 50, erase });
  await makeRoom({ folder: join(folder, 'none'), maxBytes: 0, erase });
  expect(erased).toEqual([]);
});
