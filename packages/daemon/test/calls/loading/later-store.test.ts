/** Ingest with a store that answers later: calls of an earlier run are loaded when their next event arrives. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { FaultError, type CallId, type CallRecord, type ProviderEvent } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Erasure } from '../../../src/calls/erasure.ts';
import { Retention } from '../../../src/calls/retention/retention.ts';
import { CallMemory } from '../../../src/calls/loading/call-memory.ts';
import type { CallRef } from '../../../src/calls/loading/call-ref.ts';
import { needsOf } from '../../../src/calls/loading/needs.ts';
import type { CallSource, FetchedCall } from '../../../src/calls/loading/ports.ts';
import type { Draft } from '../../../src/calls/ports.ts';
import type { PullIterator } from '../../../src/live/pull-iterator.ts';
import type { SqliteLedger } from '../../../src/store/ledger.ts';
import { createHarness, event, numberedUtterance, PROVIDER, type Harness } from '../../support/harness.ts';
import { createTestLog } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

let dir: string;
let harness: Harness;
let memory: CallMemory;
let fetches: string[];
/** While it is set, the store cannot be read. */
let failure: Error | undefined;
/** Called before the next commit. */
let beforeCommit: ((drafts: readonly Draft[], ledger: SqliteLedger) => void) | undefined;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Reads a real database, and answers two turns later. */
function laterSource(ledger: SqliteLedger): CallSource {
  const keysOf = async (callId: CallId): Promise<string[]> => {
    const rows = harness.database.db.$client
      .prepare('select dedupe_key as key from events where call_id = ? and dedupe_key is not null')
      .all(callId) as { key: string }[];
    return rows.map(({ key }) => key);
  };
  const answer = async <Value>(what: string, read: () => Value): Promise<Value> => {
    fetches.push(what);
    const value = read();
    await turn();
    await turn();
    if (failure) throw failure;
    return value;
  };
  return {
    fetchCall: async (ref: CallRef, now): Promise<FetchedCall> => {
      const call = await answer('call', () =>
        typeof ref === 'string' ? ledger.get(ref) : ledger.find(ref.providerId, ref.providerCallId),
      );
      const isErased =
        typeof ref !== 'string' && !call && ledger.isErased(ref.providerId, ref.providerCallId, now);
      return { ...(call && { call }), isErased, dedupeKeys: call ? await keysOf(call.id) : [] };
    },
    fetchUtterances: (callId) => answer('utterances', () => ledger.utterances(callId)),
  };
}

function open(): void {
  harness = createHarness(dir, {
    pendingEvents: 20,
    wrapLedger: (ledger) => ({
      ...ledger,
      commit(drafts) {
        const before = beforeCommit;
        beforeCommit = undefined;
        before?.(drafts, ledger);
        return ledger.commit(drafts);
      },
    }),
    readsOf: (ledger, clock) => (memory = new CallMemory({ source: laterSource(ledger), clock })),
  });
}

function emit(given: ProviderEvent): void {
  const ref = { providerId: PROVIDER, providerCallId: given.providerCallId };
  harness.ingest.whenLoaded(ref, needsOf(given), () => void harness.ingest.accept(PROVIDER, given));
}

/** Stores events in an earlier run of the daemon. */
async function before(...events: readonly ProviderEvent[]): Promise<CallId> {
  for (const each of events) emit(each);
  await harness.ingest.committed();
  const id = harness.ledger.find(PROVIDER, events[0]!.providerCallId)!.id;
  harness.close();
  fetches = [];
  open();
  return id;
}

const facts = async () => (await harness.eventLog.page(0, 1000, {})).map(({ fact }) => fact);
const texts = async () =>
  (await facts()).flatMap((fact) => (fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : []));

beforeEach(() => {
  dir = tempDir();
  fetches = [];
  failure = undefined;
  beforeCommit = undefined;
  open();
});
afterEach(() => harness.close());

test('an event continues the stored call', async () => {
  const id = await before(event('call.started', { status: 'IN_PROGRESS' }));
  emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
  await harness.ingest.committed();
  expect((await facts()).map(({ type }) => type)).toEqual(['CALL_STARTED', 'CALL_ENDED']);
  expect(harness.ledger.get(id)).toMatchObject({ status: 'ENDED' });
});

test('a call is loaded once, and a live one stays in memory', async () => {
  await before(event('call.started', {}));
  for (let i = 0; i < 5; i++) emit(numberedUtterance(i));
  await harness.ingest.committed();
  emit(numberedUtterance(5));
  await harness.ingest.committed();
  expect(fetches).toEqual(['call']);
  expect(await texts()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `words ${i}`));
});

test('an event that is delivered again is stored once, also after a restart', async () => {
  await before(
    event('call.started', {}),
    event('utterance.final', { party: 'CUSTOMER', text: 'once', dedupeKey: 'a' }),
  );
  emit(event('utterance.final', { party: 'CUSTOMER', text: 'once', dedupeKey: 'a' }));
  emit(event('utterance.final', { party: 'CUSTOMER', text: 'new', dedupeKey: 'b' }));
  await harness.ingest.committed();
  emit(event('utterance.final', { party: 'CUSTOMER', text: 'new', dedupeKey: 'b' }));
  await harness.ingest.committed();
  expect(await texts()).toEqual(['once', 'new']);
});

test('a report is compared with the stored transcript, and with what is stored while it is read', async () => {
  const id = await before(event('call.started', {}), numberedUtterance(1));
  await harness.ingest.ready(id);
  emit(numberedUtterance(2));
  emit(
    event('call.report', {
      utterances: [1, 2, 3].map((i) => ({ party: 'CUSTOMER' as const, text: `words ${i}` })),
    }),
  );
  await harness.ingest.committed();
  expect((await texts()).toSorted()).toEqual(['words 1', 'words 2', 'words 3']);
});

describe('an event that arrives while its call is removed', () => {
  const ended = event('call.ended', { end: { category: 'UNKNOWN' } });
  /** Removes something, and then receives an event before memory forgets the call. */
  const thenEvent =
    <Args extends readonly unknown[], Value>(remove: (...args: Args) => Value) =>
    async (...args: Args): Promise<Value> => {
      const removed = remove(...args);
      emit(numberedUtterance(1));
      for (let i = 0; i < 5; i++) await turn();
      return removed;
    };

  test('does not store it again after an erasure', async () => {
    const id = await before(event('call.started', {}), ended);
    const erasure = new Erasure({
      ...harness,
      feed: harness.hub,
      ledger: { ...harness.ledger, erase: thenEvent(harness.ledger.erase) },
      log: createTestLog().log(''),
    });
    expect(await erasure.removeCall(id, 'ada')).toBe(true);
    await harness.ingest.committed();
    expect(await facts()).toEqual([]);
  });

  test('does not store it again after retention', async () => {
    const id = await before(event('call.started', {}), ended);
    const { retention } = harness.ledger;
    const erasure = { forgetPruned: () => undefined, scrub: async () => undefined };
    const it = new Retention({
      ...harness,
      rules: [],
      store: { ...retention, prune: thenEvent(retention.prune) },
      erasure: { ...erasure, forgetErased: (callId) => harness.registry.forget(callId) },
      log: createTestLog().log(''),
    });
    const at = harness.clock.now();
    const pruned = await it.prune({ kind: 'CALLS', callIds: [id], rows: 100, at, cutoff: at, reason: 'AGE' });
    expect(pruned.calls).toEqual([id]);
    await harness.ingest.committed();
    expect(await facts()).toEqual([]);
  });
});

test('the events of an erased call are ignored', async () => {
  const id = await before(event('call.started', {}), event('call.ended', { end: { category: 'UNKNOWN' } }));
  harness.ledger.erase(id, harness.clock.now());
  emit(numberedUtterance(1));
  await harness.ingest.committed();
  expect(await facts()).toEqual([]);
});

test('an event of the daemon itself waits for its call too', async () => {
  const id = await before(event('call.started', {}));
  harness.ingest.record(id, { type: 'CALL_NOTICE', code: 'RECORDING_FAILED', message: 'the disk is full' });
  await harness.ingest.committed();
  expect((await facts()).map(({ type }) => type)).toEqual(['CALL_STARTED', 'CALL_NOTICE']);
});

test('work that waits belongs to the request that brought it', async () => {
  await before(event('call.started', {}));
  const requests = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const ref = { providerId: PROVIDER, providerCallId: event('call.started', {}).providerCallId };
  for (const name of ['first', 'second'])
    requests.run(name, () => harness.ingest.whenLoaded(ref, {}, () => seen.push(requests.getStore())));
  await harness.ingest.committed();
  expect(seen).toEqual(['first', 'second']);
});

test('other calls do not wait', async () => {
  await before(event('call.started', {}), event('call.started', {}, { call: 'other' }));
  emit(numberedUtterance(1, 'other'));
  await harness.ingest.committed();
  failure = new FaultError('STORE_READ_FAILED', 'the server has gone');
  emit(numberedUtterance(1));
  emit(numberedUtterance(2, 'other'));
  await turn();
  expect(await texts()).toEqual(['words 1', 'words 2']);
});

describe('while the store cannot be read', () => {
  test('events wait and are not acknowledged; then they are stored in order', async () => {
    await before(event('call.started', {}));
    failure = new FaultError('STORE_READ_FAILED', 'the server has gone');
    for (let i = 0; i < 3; i++) emit(numberedUtterance(i));
    await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_READ_FAILED' });
    await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_READ_FAILED' });
    failure = undefined;
    await harness.clock.advance(5000);
    await turn();
    await harness.ingest.committed();
    expect(await texts()).toEqual(['words 0', 'words 1', 'words 2']);
    expect(harness.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('limits.pendingEvents applies', async () => {
    await before(event('call.started', {}));
    failure = new FaultError('STORE_READ_FAILED', 'the server has gone');
    for (let i = 0; i < 20; i++) emit(numberedUtterance(i));
    expect(() => emit(numberedUtterance(20))).toThrow('too many events wait');
  });

  test('a request for a call is rejected', async () => {
    const id = await before(event('call.started', {}));
    failure = new FaultError('STORE_READ_FAILED', 'the server has gone');
    await expect(harness.ingest.ready(id)).rejects.toMatchObject({ code: 'STORE_READ_FAILED' });
  });
});

test('what is not loaded is not mistaken for missing', async () => {
  const id = await before(event('call.started', {}), event('call.ended', { end: { category: 'UNKNOWN' } }));
  expect(() => harness.ingest.current(id)).toThrow('not loaded');
  await harness.ingest.ready(id);
  expect(harness.ingest.current(id)).toMatchObject({ id });
  expect(memory.size).toBe(1);
});

test('a call that another daemon has stored first is continued, after the first event was rejected', async () => {
  const other = 'call_of_another' as CallId;
  beforeCommit = ([draft], ledger) => {
    ledger.commit([{ ...draft!, callId: other, call: { ...draft!.call, id: other } }]);
    throw new FaultError('STORE_CONFLICT', 'newer events', { details: { callIds: draft!.callId } });
  };
  emit(event('call.started', { status: 'IN_PROGRESS' }));
  await expect(harness.ingest.committed()).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  emit(numberedUtterance(1));
  await harness.ingest.committed();
  expect(await texts()).toEqual(['words 1']);
  expect(harness.registry.live().map(({ id }) => id)).toEqual([other]);
});

describe('readers of a call that is not in memory', () => {
  test('receive its records', async () => {
    const id = await before(event('call.ended', { end: { category: 'BUSY' } }));
    const records = harness.feeds.records({ callId: id }, 0);
    const { value } = (await records.next()) as { value: CallRecord };
    expect(records).toMatchObject({ isEnded: false });
    expect((records as PullIterator<CallRecord>).isStale(value)).toBe(false);
    harness.hub.erase(id);
    expect((records as PullIterator<CallRecord>).isStale(value)).toBe(true);
    await records.return!();
  });

  test('receive new records of the calls that match, also of those that another daemon changed', async () => {
    const id = await before(event('call.ended', { end: { category: 'BUSY' } }));
    const of = (live: boolean) => harness.feeds.records({ calls: { live } });
    const [matching, other] = [of(false), of(true)];
    const [written] = harness.ledger.commit([
      {
        callId: id,
        at: 5,
        call: harness.ledger.get(id)!,
        fact: { type: 'DTMF_RECEIVED', party: 'CUSTOMER', digit: '1' } as never,
      },
    ]);
    harness.hub.publish([written!]);
    expect(memory.recall(id)).toBeUndefined();
    expect(((await matching.next()) as { value: CallRecord }).value.position).toBe(written!.position);
    const waiting = other.next();
    await turn();
    await other.return!();
    expect((await waiting).done).toBe(true);
    await matching.return!();
  });
});
