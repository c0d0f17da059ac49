import { FaultError, type CallRecord } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';
import { BUSY_GRACE_MS } from '../../src/calls/commit-queue.ts';
import type { SqliteLedger } from '../../src/store/ledger.ts';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';

const root = tempDir();
let count = 0;
let harness: Harness;

function open(options: Parameters<typeof createHarness>[1] = {}): Harness {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir, options);
  return harness;
}

async function log(): Promise<readonly CallRecord[]> {
  return harness.eventLog.page(0, 1000, {});
}
const typesInLog = async (): Promise<string[]> => (await log()).map(({ fact }) => fact.type);

beforeEach(() => void open());
afterEach(() => harness.close());

describe('an event of a provider', () => {
  test('is stored before any reader receives it', async () => {
    const seen: number[] = [];
    harness.hub.notifier.subscribe(() => seen.push(harness.eventLog.latest()));
    harness.emit(numberedUtterance(1));
    expect(harness.hub.position).toBe(0);
    await harness.ingest.committed();
    expect(seen).toEqual([harness.hub.position]);
    expect(seen[0]).toBeGreaterThan(0);
  });

  test('shares one commit with all events of the same turn of the event loop', async () => {
    let commits = 0;
    harness.close();
    open({ wrapLedger: (ledger) => ({ ...ledger, commit: (drafts) => (commits++, ledger.commit(drafts)) }) });
    for (let i = 0; i < 50; i++) harness.emit(numberedUtterance(i, `call-${i}`));
    await harness.ingest.committed();
    expect(commits).toBe(1);
  });

  test('with a known dedupe key is dropped, within a commit and across commits', async () => {
    const final = event('utterance.final', { party: 'CUSTOMER', text: 'hello', dedupeKey: 'k1' });
    harness.emit(final);
    harness.emit(final);
    await harness.ingest.committed();
    harness.emit(final);
    await harness.ingest.committed();
    expect(await typesInLog()).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED']);
    expect(harness.lines).toEqual([]);
  });

  test('of a call that is not stored is not looked up in the store', async () => {
    const lookups: string[] = [];
    open({
      wrapLedger: (ledger) => ({
        ...ledger,
        knowsKey: (...key) => (lookups.push('key'), ledger.knowsKey(...key)),
        utterances: (id) => (lookups.push('utterances'), ledger.utterances(id)),
      }),
    });
    const report = { summary: 'short', utterances: [{ party: 'CUSTOMER', text: 'Hello' }] } as const;
    harness.emit(event('call.report', { ...report, dedupeKey: 'first' }));
    harness.emit(event('call.report', { ...report, dedupeKey: 'second' }));
    expect(lookups).toEqual([]);
    await harness.ingest.committed();
    harness.emit(event('call.report', { ...report, dedupeKey: 'third' }));
    expect(lookups).toEqual(['key', 'utterances']);
    await harness.ingest.committed();
    expect((await typesInLog()).filter((type) => type === 'UTTERANCE_FINALIZED')).toHaveLength(1);
  });

  test('of another call with the same dedupe key is stored', async () => {
    for (const call of ['a', 'b']) {
      harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello', dedupeKey: 'k1' }, { call }));
    }
    await harness.ingest.committed();
    expect((await typesInLog()).filter((type) => type === 'UTTERANCE_FINALIZED')).toHaveLength(2);
  });

  test('after the end of its call finds the call in the store', async () => {
    const id = harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await harness.ingest.committed();
    expect(harness.registry.peek(id)).toBeUndefined();
    expect(harness.emit(numberedUtterance(1))).toBe(id);
    await harness.ingest.committed();
    expect(harness.registry.get(id)?.status).toBe('ENDED');
  });
});

describe('partials', () => {
  test('are shown, never stored, and pass their id to the final', async () => {
    const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hello' }));
    const shown = harness.partials.next(callId, 0)!;
    expect(shown.text).toBe('hello');
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello there' }));
    await harness.ingest.committed();
    const records = await log();
    expect(records.map(({ fact }) => fact.type)).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED']);
    expect(records[1]!.fact).toMatchObject({ utterance: { id: shown.id } });
    expect(harness.partials.next(callId, 0)).toBeUndefined();
  });

  test('are removed at the end of the call', async () => {
    const callId = harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    harness.emit(event('call.ended', { end: { category: 'UNKNOWN' } }));
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hello' }));
    expect(harness.partials.next(callId, 0)).toBeUndefined();
  });
});

/** Wraps a ledger so that commits fail while the disk is full. */
function fullDisk(state: { isFull: boolean }) {
  return (ledger: SqliteLedger): SqliteLedger => ({
    ...ledger,
    commit(drafts) {
      if (state.isFull) throw new FaultError('STORE_WRITE_FAILED', 'the disk is full');
      return ledger.commit(drafts);
    },
  });
}

describe('a full disk', () => {
  test('rejects those who wait for a commit at once, until a commit succeeds', async () => {
    const disk = { isFull: true };
    open({ wrapLedger: fullDisk(disk) });
    harness.emit(numberedUtterance(1));
    await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    // No time passes on the fake clock: they do not wait for the next attempt.
    for (let i = 2; i < 5; i++) {
      harness.emit(numberedUtterance(i));
      await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    }
    disk.isFull = false;
    await harness.clock.advance(5000);
    await harness.ingest.committed();
    expect(harness.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('loses no event of a record that cannot be queued without a rejection', async () => {
    open({ wrapLedger: fullDisk({ isFull: true }), pendingEvents: 2 });
    const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
    harness.ingest.record(callId, { type: 'TRANSFER_STARTED' });
    await expect(harness.ingest.committed()).rejects.toMatchObject({ kind: 'store' });
  });

  test('delays events, which are stored in order once writes succeed again', async () => {
    const disk = { isFull: true };
    open({ wrapLedger: fullDisk(disk) });
    harness.emit(numberedUtterance(1));
    await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    harness.emit(numberedUtterance(2));
    disk.isFull = false;
    await harness.clock.advance(5000);
    await harness.ingest.committed();
    const texts = (await log()).flatMap(({ fact }) =>
      fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : [],
    );
    expect(texts).toEqual(['words 1', 'words 2']);
  });

  test('fills memory up to limits.pendingEvents; further events are dropped, counted and not acknowledged', async () => {
    open({ wrapLedger: fullDisk({ isFull: true }), pendingEvents: 10 });
    const codes: unknown[] = [];
    for (let i = 0; i < 30; i++) {
      try {
        harness.emit(numberedUtterance(i));
      } catch (error) {
        codes.push((error as FaultError).code);
      }
    }
    expect(codes).toEqual(Array.from({ length: 21 }, () => 'STORE_WRITE_FAILED'));
    expect(harness.ingest.dropped).toBe(21);
    expect(harness.lines.filter(({ message }) => message.startsWith('dropping events'))).toHaveLength(1);
  });
});

test('commits before events are dropped because a burst exceeds limits.pendingEvents', async () => {
  open({ pendingEvents: 10 });
  for (let i = 0; i < 100; i++) harness.emit(numberedUtterance(i));
  await harness.ingest.committed();
  expect([harness.ingest.dropped, (await log()).length]).toEqual([0, 101]);
});

describe('a locked database', () => {
  const locked = () => new FaultError('STORE_BUSY', 'the database is locked');

  /** Opens a harness whose commits find the database locked `times` times. */
  function openLocked(times: number): void {
    let failures = 0;
    open({
      wrapLedger: (ledger) => ({
        ...ledger,
        commit(drafts) {
          if (failures++ < times) throw locked();
          return ledger.commit(drafts);
        },
      }),
    });
  }

  test('delays a commit without an error if it is unlocked soon', async () => {
    openLocked(5);
    harness.emit(numberedUtterance(1));
    const stored = harness.ingest.committed();
    await harness.clock.advance(BUSY_GRACE_MS);
    await stored;
    expect(harness.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('rejects those who wait for a commit after a second', async () => {
    openLocked(100);
    harness.emit(numberedUtterance(1));
    const stored = harness.ingest.committed();
    const failure = stored.catch((error: unknown) => error);
    await harness.clock.advance(BUSY_GRACE_MS * 2);
    expect(await failure).toMatchObject({ code: 'STORE_BUSY' });
    await harness.clock.advance(60_000);
    await harness.ingest.committed();
    expect((await log()).length).toBe(2);
  });
});

test('events that cannot be stored do not block the events of other calls', async () => {
  const poison = (ledger: SqliteLedger): SqliteLedger => ({
    ...ledger,
    commit(drafts) {
      if (drafts.some(({ call }) => call.providerCallId === 'bad')) throw new TypeError('a bug');
      return ledger.commit(drafts);
    },
  });
  open({ wrapLedger: poison });
  harness.emit(numberedUtterance(1, 'good'));
  harness.emit(numberedUtterance(2, 'bad'));
  harness.emit(numberedUtterance(3, 'better'));
  await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  await harness.ingest.committed();
  const live = harness.registry.live().map((call) => call.providerCallId);
  expect(live.toSorted()).toEqual(['better', 'good']);
  expect(harness.ingest.dropped).toBe(2);
});
