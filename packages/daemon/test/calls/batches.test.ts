import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, type ProviderEvent } from '@sidetone/core';
import { afterEach, describe, expect, test } from 'vitest';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../../src/calls/pending-events.ts';
import type { Draft } from '../../src/calls/ports.ts';
import type { SqliteLedger } from '../../src/store/ledger.ts';
import { estimateBytes } from '../../src/calls/record-size.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
/** The commits, and the number of turns of the event loop at each. */
let commits: { readonly drafts: readonly Draft[]; readonly turn: number }[];
let turn: number;
/** While it is set, commits fail from this number on. */
let failFrom: number | undefined;

function open(options: Parameters<typeof createHarness>[1] = {}): void {
  commits = [];
  turn = 0;
  failFrom = undefined;
  harness = createHarness(dir, { ...options, wrapLedger: observe });
}

function openNew(options: Parameters<typeof createHarness>[1] = {}): void {
  dir = join(root, String(count++));
  mkdirSync(dir);
  open(options);
}

const observe = (ledger: SqliteLedger): SqliteLedger => ({
  ...ledger,
  commit(drafts) {
    if (failFrom !== undefined && commits.length >= failFrom)
      throw new FaultError('STORE_WRITE_FAILED', 'the disk is full');
    const records = ledger.commit(drafts);
    commits.push({ drafts, turn });
    return records;
  },
});

/** Waits until everything is stored, and counts the turns of the event loop. */
async function stored(): Promise<void> {
  const state = { isDone: false };
  const counting = (async () => {
    while (!state.isDone) {
      turn++;
      await new Promise(setImmediate);
    }
  })();
  await harness.ingest.committed();
  state.isDone = true;
  await counting;
}

const sizeOf = ({ drafts }: { readonly drafts: readonly Draft[] }): number =>
  drafts.reduce((sum, { fact }) => sum + estimateBytes(fact), 0);

const report = (lines: number, text: (line: number) => string, dedupeKey = 'report'): ProviderEvent =>
  event('call.report', {
    summary: 'a summary',
    utterances: Array.from({ length: lines }, (_, line) => ({
      party: 'CUSTOMER' as const,
      text: text(line),
    })),
    dedupeKey,
  });

async function texts(): Promise<readonly string[]> {
  const records = await harness.eventLog.page(0, 20_000, {});
  return records.flatMap(({ fact }) => (fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : []));
}

afterEach(() => harness.close());

describe('a commit is limited in events and bytes, and the rest follows in later turns', () => {
  test.each<[string, () => readonly ProviderEvent[], number]>([
    ['a report of 5000 lines', () => [report(5000, (line) => `line ${line} of a long report`)], 11],
    ['a report of long texts', () => [report(32, (line) => `${line} ${'今天'.repeat(8000)}`)], 8],
    [
      'many large events of other types',
      () =>
        Array.from({ length: 40 }, (_, i) =>
          event('call.report', { providerData: { text: String(i).repeat(20_000) } }, { call: `call ${i}` }),
        ),
      20,
    ],
    [
      'many calls in one turn',
      () => Array.from({ length: 3000 }, (_, i) => event('call.started', {}, { call: `call ${i}` })),
      6,
    ],
  ])('for %s', async (_case, events, least) => {
    openNew();
    for (const each of events()) harness.emit(each);
    await stored();
    expect(commits.length).toBeGreaterThanOrEqual(least);
    for (const commit of commits) {
      expect(commit.drafts.length).toBeLessThanOrEqual(MAX_BATCH_EVENTS);
      if (commit.drafts.length > 1) expect(sizeOf(commit)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
    }
    expect(new Set(commits.map((commit) => commit.turn)).size).toBe(commits.length);
    expect(harness.ingest.pendingBytes).toBe(0);
  });

  test('for events that have waited for the disk', async () => {
    openNew();
    failFrom = 0;
    for (let i = 0; i < 3000; i++) harness.emit(numberedUtterance(i));
    await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    failFrom = undefined;
    await harness.clock.advance(5000);
    await stored();
    expect(Math.max(...commits.map(({ drafts }) => drafts.length))).toBeLessThanOrEqual(MAX_BATCH_EVENTS);
    expect(await texts()).toEqual(Array.from({ length: 3000 }, (_, i) => `words ${i}`));
  });

  test('but events that were derived together are in one commit if it can hold them', async () => {
    openNew();
    for (let i = 0; i < 2 * MAX_BATCH_EVENTS; i++) harness.emit(numberedUtterance(i, `call ${i}`));
    await stored();
    for (const { drafts } of commits) {
      expect(drafts.filter(({ fact }) => fact.type === 'CALL_STARTED')).toHaveLength(drafts.length / 2);
    }
  });
});

describe('a report that is only partly stored', () => {
  test('is completed when it is delivered again after a crash', async () => {
    openNew();
    const whole = report(2000, (line) => `line number ${line}`);
    harness.emit(whole);
    failFrom = 2;
    await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    expect((await texts()).length).toBeLessThan(2000);
    harness.close();

    open();
    harness.emit(whole);
    await stored();
    expect(await texts()).toEqual(Array.from({ length: 2000 }, (_, line) => `line number ${line}`));
    harness.emit(whole);
    await stored();
    expect(await texts()).toHaveLength(2000);
  });

  test('is a duplicate while the rest is pending', async () => {
    openNew();
    harness.emit(report(2000, (line) => `line number ${line}`));
    await new Promise(setImmediate);
    expect(commits.length).toBeLessThan(4);
    harness.emit(report(2000, (line) => `other line ${line}`));
    await stored();
    expect(await texts()).toHaveLength(2000);
  });
});

test('committed waits for the events added before, not for later ones', async () => {
  openNew();
  harness.emit(numberedUtterance(0, 'first'));
  const first = harness.ingest.committed();
  harness.emit(report(3000, (line) => `line ${line}`));
  await first;
  expect(commits.length).toBeLessThan(7);
  expect(harness.ingest.pendingBytes).toBeGreaterThan(0);
  await harness.ingest.committed();
  expect(harness.ingest.pendingBytes).toBe(0);
});

describe('pending events', () => {
  const big = (i: number): ProviderEvent =>
    event('call.report', { providerData: { text: 'x'.repeat(200_000) } }, { call: `call ${i}` });

  test('are limited by limits.pendingBytes; further events are dropped, counted and not acknowledged', () => {
    openNew({ pendingBytes: 2 * 1024 ** 2 });
    failFrom = 0;
    let rejected = 0;
    for (let i = 0; i < 50; i++) {
      try {
        harness.emit(big(i));
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORE_WRITE_FAILED' });
        rejected++;
      }
      void harness.ingest.storeNow();
    }
    expect(harness.ingest.pendingBytes).toBeLessThanOrEqual(2 * 1024 ** 2);
    expect(rejected).toBe(45);
    expect(harness.ingest.dropped).toBe(90);
  });

  test('are stored before events are dropped', async () => {
    openNew({ pendingBytes: 2 * 1024 ** 2 });
    for (let i = 0; i < 50; i++) harness.emit(big(i));
    await stored();
    expect(harness.ingest.dropped).toBe(0);
    expect(await harness.eventLog.page(0, 1000, {})).toHaveLength(100);
  });

  test('have room for one event that is larger than their limits', async () => {
    openNew({ pendingEvents: 10 });
    harness.emit(report(2000, (line) => `line ${line}`));
    await stored();
    expect(await texts()).toHaveLength(2000);
  });
});
