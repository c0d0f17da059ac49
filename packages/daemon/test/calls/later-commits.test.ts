/** A store that commits later, such as a database server: the events of a real database, with commits that a test lets end. */
import { FaultError, providerCallId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallLedger, Draft } from '../../src/calls/ports.ts';
import { createLedger as storeNow, type SqliteLedger } from '../../src/store/ledger.ts';
import { createHarness, event, numberedUtterance, PROVIDER, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

interface PendingCommit {
  readonly drafts: readonly Draft[];
  /** Stores the events, or fails. */
  end(failure?: Error): Promise<void>;
}

let harness: Harness;
let commits: PendingCommit[];

const later = (ledger: SqliteLedger): SqliteLedger => {
  const store: Pick<CallLedger, 'commit'> = {
    commit: (drafts) =>
      new Promise((resolve, reject) => {
        let hasEnded = false;
        const end = async (failure?: Error): Promise<void> => {
          if (hasEnded) return;
          hasEnded = true;
          if (failure) reject(failure);
          else resolve(ledger.commit(drafts));
          await turn();
        };
        commits.push({ drafts, end });
      }),
  };
  return { ...ledger, ...store } as SqliteLedger;
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await turn();
  return settled;
};
/** Awaits a rejection from the beginning, so that it is never unhandled. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
const stored = async () =>
  (await harness.eventLog.page(0, 1000, {})).flatMap(({ fact }) =>
    fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : [],
  );

beforeEach(() => {
  commits = [];
  harness = createHarness(tempDir(), { wrapLedger: later, pendingEvents: 10 });
});
afterEach(async () => {
  const closing = harness.ingest.close();
  for (const { end } of commits) await end();
  await closing;
  harness.database.close();
});

test('the events of the turns during a commit share the next one', async () => {
  harness.emit(numberedUtterance(0));
  await turn();
  harness.emit(numberedUtterance(1));
  await turn();
  harness.emit(numberedUtterance(2));
  await turn();
  expect(commits).toHaveLength(1);
  await commits[0]!.end();
  await turn();
  expect(commits.map(({ drafts }) => drafts.length)).toEqual([2, 2]);
  await commits[1]!.end();
  expect(await stored()).toEqual(['words 0', 'words 1', 'words 2']);
});

test('an event is acknowledged when its own commit has ended, and published then', async () => {
  harness.emit(numberedUtterance(0));
  const first = harness.ingest.committed();
  await turn();
  harness.emit(numberedUtterance(1));
  const second = harness.ingest.committed();
  expect(await isSettled(first)).toBe(false);
  expect(harness.hub.position).toBe(0);
  await commits[0]!.end();
  expect(await isSettled(first)).toBe(true);
  expect(await isSettled(second)).toBe(false);
  expect(harness.hub.position).toBe(2);
});

test('decisions see events whose commit has not ended', async () => {
  harness.emit(event('call.started', { dedupeKey: 'start' }));
  await turn();
  const again = harness.emit(event('call.started', { dedupeKey: 'start' }));
  expect(harness.ingest.current(again)).toMatchObject({ status: 'QUEUED' });
  expect(harness.ingest.pendingEvents).toBe(1);
});

describe('a commit that fails', () => {
  test('is retried with the events that came since, and nothing is lost or stored twice', async () => {
    harness.emit(numberedUtterance(0));
    const waiting = failureOf(harness.ingest.committed());
    await turn();
    harness.emit(numberedUtterance(1));
    await commits[0]!.end(new FaultError('STORE_WRITE_FAILED', 'the server has gone'));
    expect(await waiting).toMatchObject({ code: 'STORE_WRITE_FAILED' });
    await harness.clock.advance(5000);
    expect(commits[1]!.drafts).toHaveLength(3);
    await commits[1]!.end();
    expect(await stored()).toEqual(['words 0', 'words 1']);
  });

  test('for a reason of one call stores the others', async () => {
    harness.emit(numberedUtterance(0, 'good'));
    harness.emit(numberedUtterance(1, 'bad'));
    const waiting = failureOf(harness.ingest.committed());
    await turn();
    await commits[0]!.end(new Error('a value that the store rejects'));
    await commits[1]!.end();
    await commits[2]!.end(new Error('a value that the store rejects'));
    expect(await waiting).toMatchObject({ code: 'STORE_WRITE_FAILED' });
    expect(await stored()).toEqual(['words 0']);
    expect(harness.ingest.dropped).toBe(2);
  });

  test('for a reason of one call, and then for another reason, stores nothing twice', async () => {
    harness.emit(numberedUtterance(0, 'first'));
    harness.emit(numberedUtterance(1, 'second'));
    const waiting = failureOf(harness.ingest.committed());
    await turn();
    await commits[0]!.end(new Error('a value that the store rejects'));
    await commits[1]!.end();
    await commits[2]!.end(new FaultError('STORE_WRITE_FAILED', 'the server has gone'));
    expect(await waiting).toMatchObject({ code: 'STORE_WRITE_FAILED' });
    expect(harness.hub.position).toBe(2);
    await harness.clock.advance(5000);
    expect(commits[3]!.drafts).toHaveLength(2);
    await commits[3]!.end();
    expect(await stored()).toEqual(['words 0', 'words 1']);
    expect(harness.ingest.pendingEvents).toBe(0);
    await harness.ingest.committed();
  });
});

test('storeNow waits for the commit that is under way, and stores the rest', async () => {
  harness.emit(numberedUtterance(0));
  await turn();
  harness.emit(numberedUtterance(1));
  const storing = Promise.resolve(harness.ingest.storeNow());
  expect(await isSettled(storing)).toBe(false);
  await commits[0]!.end();
  expect(await isSettled(storing)).toBe(false);
  await commits[1]!.end();
  expect(await storing).toBe(true);
});

test('a limit that is reached during a commit drops the event, and it is not acknowledged', async () => {
  for (let i = 0; i < 9; i++) harness.emit(numberedUtterance(i));
  await turn();
  expect(() => harness.emit(numberedUtterance(9))).toThrow('limit of pending events');
  await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  expect(harness.ingest.dropped).toBe(1);
});

describe('a commit in conflict with events that another daemon has stored', () => {
  const conflict = (...callIds: readonly string[]) =>
    new FaultError('STORE_CONFLICT', 'newer events', { details: { callIds: callIds.join(' ') } });

  test('drops the events of these calls, stores those of the others, and is not repeated', async () => {
    const stale = harness.emit(numberedUtterance(0, 'one'));
    harness.emit(numberedUtterance(1, 'two'));
    await turn();
    harness.emit(numberedUtterance(2, 'one'));
    const failure = failureOf(harness.ingest.committed());
    await commits[0]!.end(conflict(stale));
    expect(await failure).toMatchObject({ code: 'STORE_CONFLICT', retryable: true });
    await turn();
    expect(commits).toHaveLength(2);
    expect(new Set(commits[1]!.drafts.map(({ callId }) => callId)).has(stale)).toBe(false);
    await commits[1]!.end();
    expect(await stored()).toEqual(['words 1']);
    expect([harness.ingest.conflicts, harness.ingest.dropped, harness.ingest.pendingEvents]).toEqual([
      1, 3, 0,
    ]);
    expect(harness.ingest.current(stale)).toBeUndefined();
  });

  test('lets the next event be derived from the stored state', async () => {
    const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
    await turn();
    await commits[0]!.end();
    harness.emit(numberedUtterance(1));
    await turn();
    const call = harness.ledger.get(callId)!;
    // What another daemon stores.
    storeNow(harness.database.db).commit([
      {
        callId,
        at: 5,
        call: { ...call, tags: ['other'] },
        fact: { type: 'CALL_ANNOTATED', tagsAdded: ['other'], by: 'x' },
      },
    ]);
    await commits[1]!.end(conflict(callId));
    expect(harness.registry.peek(callId)?.tags).toEqual(['other']);
    harness.emit(numberedUtterance(1));
    await turn();
    await commits[2]!.end();
    expect([await stored(), harness.registry.peek(callId)?.tags]).toEqual([['words 1'], ['other']]);
  });

  test('is retried as any other one if it names no call', async () => {
    harness.emit(numberedUtterance(0));
    await turn();
    await commits[0]!.end(new FaultError('STORE_CONFLICT', 'newer events'));
    expect(harness.ingest.pendingEvents).toBe(2);
    await harness.clock.advance(1000);
    await commits[1]!.end();
    expect(await stored()).toEqual(['words 0']);
  });
});

test('a daemon whose calls were taken over drops what it cannot store any more, and reports it', async () => {
  harness.close();
  const fenced: string[] = [];
  harness = createHarness(tempDir(), { wrapLedger: later, onFenced: ({ code }) => fenced.push(code) });
  commits = [];
  const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
  await turn();
  await commits[0]!.end();
  expect(harness.registry.live()).toHaveLength(1);
  harness.emit(numberedUtterance(1));
  harness.emit(numberedUtterance(2, 'other'));
  const failure = failureOf(harness.ingest.committed());
  await turn();
  harness.emit(numberedUtterance(3));
  await commits[1]!.end(new FaultError('NODE_FENCED', 'excluded'));
  expect(await failure).toMatchObject({ code: 'NODE_FENCED', retryable: true });
  expect([harness.ingest.pendingEvents, harness.registry.live(), fenced]).toEqual([0, [], ['NODE_FENCED']]);
  expect(harness.registry.liveId(PROVIDER, providerCallId('their-call'))).toBeUndefined();
  expect(callId).toBeDefined();
  await turn();
  expect(commits).toHaveLength(2);
});
