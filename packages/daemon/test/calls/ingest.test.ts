import { FaultError, type CallRecord } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHeart, event, words, type Heart } from '../support/heart.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { CallLedger } from '../../src/ports.ts';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';

const root = tempDir();
let count = 0;
let heart: Heart;

function open(options: Parameters<typeof createHeart>[1] = {}): Heart {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  heart = createHeart(dir, options);
  return heart;
}

async function log(): Promise<readonly CallRecord[]> {
  return heart.eventLog.page(0, 1000, {});
}
const typesInLog = async (): Promise<string[]> => (await log()).map(({ fact }) => fact.type);

beforeEach(() => void open());
afterEach(() => heart.close());

describe('what a provider tells', () => {
  test('is stored before anyone sees it', async () => {
    const seen: number[] = [];
    heart.hub.bell.listen(() => seen.push(heart.eventLog.latest()));
    heart.tell(words(1));
    expect(heart.hub.position).toBe(0);
    await heart.ingest.committed();
    expect(seen).toEqual([heart.hub.position]);
    expect(seen[0]).toBeGreaterThan(0);
  });

  test('shares one commit with all else of the same turn of the loop', async () => {
    let commits = 0;
    heart.close();
    open({ wrapLedger: (ledger) => ({ ...ledger, commit: (drafts) => (commits++, ledger.commit(drafts)) }) });
    for (let i = 0; i < 50; i++) heart.tell(words(i, `call-${i}`));
    await heart.ingest.committed();
    expect(commits).toBe(1);
  });

  test('twice under one key is stored once, within a commit and across commits', async () => {
    const told = event('utterance.final', { party: 'CUSTOMER', text: 'hello', dedupeKey: 'k1' });
    heart.tell(told);
    heart.tell(told);
    await heart.ingest.committed();
    heart.tell(told);
    await heart.ingest.committed();
    expect(await typesInLog()).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED']);
    expect(heart.lines).toEqual([]);
  });

  test('of another call under the same key is another thing', async () => {
    for (const call of ['a', 'b']) {
      heart.tell(event('utterance.final', { party: 'CUSTOMER', text: 'hello', dedupeKey: 'k1' }, { call }));
    }
    await heart.ingest.committed();
    expect((await typesInLog()).filter((type) => type === 'UTTERANCE_FINALIZED')).toHaveLength(2);
  });

  test('about a call that is over, and no longer in memory, still finds it', async () => {
    const id = heart.tell(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await heart.ingest.committed();
    expect(heart.book.peek(id)).toBeUndefined();
    expect(heart.tell(words(1))).toBe(id);
    await heart.ingest.committed();
    expect(heart.book.get(id)?.status).toBe('ENDED');
  });
});

describe('partials', () => {
  test('are shown, never stored, and give their id to the final', async () => {
    const callId = heart.tell(event('call.status', { status: 'IN_PROGRESS' }));
    heart.tell(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    heart.tell(event('utterance.partial', { party: 'CUSTOMER', text: 'hello' }));
    const shown = heart.partials.next(callId, 0)!;
    expect(shown.text).toBe('hello');
    heart.tell(event('utterance.final', { party: 'CUSTOMER', text: 'hello there' }));
    await heart.ingest.committed();
    const records = await log();
    expect(records.map(({ fact }) => fact.type)).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED']);
    expect(records[1]!.fact).toMatchObject({ utterance: { id: shown.id } });
    expect(heart.partials.next(callId, 0)).toBeUndefined();
  });

  test('end with the call', async () => {
    const callId = heart.tell(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    heart.tell(event('call.ended', { end: { category: 'UNKNOWN' } }));
    heart.tell(event('utterance.partial', { party: 'CUSTOMER', text: 'hello' }));
    expect(heart.partials.next(callId, 0)).toBeUndefined();
  });
});

/** A disk that takes nothing while it is full. */
function fullDisk(state: { isFull: boolean }) {
  return (ledger: CallLedger): CallLedger => ({
    ...ledger,
    commit(drafts) {
      if (state.isFull) throw new FaultError('STORE_WRITE_FAILED', 'the disk is full');
      return ledger.commit(drafts);
    },
  });
}

describe('a disk that takes nothing', () => {
  test('loses nothing: what was told is stored, in order, once it works again', async () => {
    const disk = { isFull: true };
    open({ wrapLedger: fullDisk(disk) });
    heart.tell(words(1));
    await expect(heart.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    heart.tell(words(2));
    disk.isFull = false;
    await heart.clock.advance(5000);
    await heart.ingest.committed();
    const texts = (await log()).flatMap(({ fact }) =>
      fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : [],
    );
    expect(texts).toEqual(['words 1', 'words 2']);
  });

  test('fills memory up to its bound and no further, and counts what was lost', async () => {
    open({ wrapLedger: fullDisk({ isFull: true }), pendingFacts: 10 });
    for (let i = 0; i < 30; i++) heart.tell(words(i));
    expect(heart.ingest.dropped).toBe(21);
    expect(heart.lines.filter(({ message }) => message.startsWith('facts are lost'))).toHaveLength(1);
  });
});

test('facts of one call that cannot be stored do not hold up those of the others', async () => {
  const poison = (ledger: CallLedger): CallLedger => ({
    ...ledger,
    commit(drafts) {
      if (drafts.some(({ call }) => call.providerCallId === 'bad')) throw new TypeError('a mistake of ours');
      return ledger.commit(drafts);
    },
  });
  open({ wrapLedger: poison });
  heart.tell(words(1, 'good'));
  heart.tell(words(2, 'bad'));
  heart.tell(words(3, 'better'));
  await heart.ingest.committed();
  const live = heart.book.live().map((call) => call.providerCallId);
  expect(live.toSorted()).toEqual(['better', 'good']);
  expect(heart.ingest.dropped).toBe(2);
});
