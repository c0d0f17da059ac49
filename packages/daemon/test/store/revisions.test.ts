/** Revisions of utterances: the row, the full-text index, and erasure. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, Utterance, UtteranceId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Erasure } from '../../src/calls/erasure.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
let callId: CallId;

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  for (const [i, text] of ['good morning', 'recognise speech', 'goodbye'].entries())
    record('UTTERANCE_FINALIZED', `utt_${i}`, text, {
      startMs: 1000 * i,
      endMs: 1000 * i + 900,
      confidence: 0.4,
    });
  await harness.ingest.committed();
});
afterEach(() => harness.close());

function record(
  type: 'UTTERANCE_FINALIZED' | 'UTTERANCE_REVISED',
  id: string,
  text: string,
  rest: Partial<Utterance> = {},
): void {
  harness.ingest.record(callId, {
    type,
    utterance: { id: id as UtteranceId, party: 'CUSTOMER', text, ...rest },
  });
}

async function revise(id: string, text: string, rest: Partial<Utterance> = {}): Promise<void> {
  record('UTTERANCE_REVISED', id, text, rest);
  await harness.ingest.committed();
}

const ALL = { limit: 100, backward: false } as const;
const search = async (query: string) =>
  (await harness.history.search(query, {}, ALL)).rows.map(({ snippet, utterance }) => [
    utterance.utterance.id,
    snippet,
  ]);
const transcript = async () => (await harness.history.utterances(callId, ALL)).rows;
const countCalls = async (query: string) => (await harness.history.calls({ said: query }, ALL)).rows.length;

describe('a revision', () => {
  test('changes the text, offsets and confidence, but not the order or the position in the log', async () => {
    const before = (await transcript())[1]!;
    await revise('utt_1', 'wreck a nice beach', { startMs: 5000, endMs: 5900, confidence: 0.9 });
    const after = await transcript();
    expect(after.map(({ utterance }) => utterance.text)).toEqual([
      'good morning',
      'wreck a nice beach',
      'goodbye',
    ]);
    expect(after[1]).toEqual({
      ...before,
      utterance: {
        ...before.utterance,
        text: 'wreck a nice beach',
        startMs: 5000,
        endMs: 5900,
        confidence: 0.9,
      },
    });
    expect(await harness.history.countUtterances(callId)).toBe(3);
  });

  test('without a confidence and offsets removes the old ones', async () => {
    await revise('utt_1', 'wreck a nice beach');
    expect(harness.ledger.utterances(callId)[1]).toEqual({
      id: 'utt_1',
      party: 'CUSTOMER',
      text: 'wreck a nice beach',
    });
  });

  test('is found by its text, and not by the old one', async () => {
    expect(await search('recognise')).toEqual([['utt_1', '[recognise] speech']]);
    await revise('utt_1', 'wreck a nice beach');
    expect([await search('recognise'), await countCalls('recognise speech')]).toEqual([[], 0]);
    expect([await search('nice'), await countCalls('beach')]).toEqual([
      [['utt_1', 'wreck a [nice] beach']],
      1,
    ]);
    expect(await search('good morning')).toEqual([['utt_0', '[good] [morning]']]);
  });

  test('replaces the previous revision', async () => {
    for (const text of ['wreck a nice beach', 'recognise speech', 'wreck an ice beach'])
      record('UTTERANCE_REVISED', 'utt_1', text);
    await harness.ingest.committed();
    expect([await search('recognise'), await search('nice'), (await search('ice')).length]).toEqual([
      [],
      [],
      1,
    ]);
    expect(harness.ledger.utterances(callId)[1]?.text).toBe('wreck an ice beach');
  });

  test('of an unknown utterance changes nothing', async () => {
    const before = harness.ledger.utterances(callId);
    await revise('utt_unknown', 'wreck a nice beach');
    expect([harness.ledger.utterances(callId), await search('nice')]).toEqual([before, []]);
    expect([harness.ingest.dropped, harness.ingest.storeNow()]).toEqual([0, true]);
  });
});

test('erasing a call removes the old and the new text of its utterances from the file', async () => {
  const isOnDisk = (text: string): boolean =>
    readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(text));
  await revise('utt_1', 'zyxuniqueword');
  await revise('utt_2', 'qvbuniqueword');
  await revise('utt_2', 'and goodbye');
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
  await harness.ingest.committed();
  const secrets = ['recognise', 'zyxuniqueword', 'qvbuniqueword'];
  expect(secrets.map(isOnDisk)).toEqual([true, true, true]);
  await new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') }).erase(callId);
  expect(secrets.map(isOnDisk)).toEqual([false, false, false]);
  expect([await search('recognise'), await search('goodbye')]).toEqual([[], []]);
  const index = harness.database.db.$client.prepare('select count(*) from utterance_words').pluck();
  expect(index.get()).toBe(0);
});
