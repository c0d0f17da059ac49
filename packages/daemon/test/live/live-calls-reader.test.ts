import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { providerCallId, type CallId } from '@sidetone/core';
import type { LiveCallFilter } from '../../src/calls/ports.ts';
import type { LiveCallsItem } from '../../src/live/ports.ts';
import { CursorReader } from '../../src/live/cursor-reader.ts';
import { RecordHub } from '../../src/live/record-hub.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
import { searchFor } from '../support/numbers.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let harness: Harness;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
});
afterEach(() => harness.close());

const start = async (name: string, from = '+14155550100'): Promise<CallId> => {
  const details = { from, direction: 'INBOUND' } as const;
  const callId = harness.emit({
    ...event('call.started', { status: 'IN_PROGRESS', details }),
    providerCallId: providerCallId(name),
  });
  await harness.ingest.committed();
  return callId;
};
const end = async (name: string): Promise<void> => {
  harness.emit({
    ...event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }),
    providerCallId: providerCallId(name),
  });
  await harness.ingest.committed();
};

/** Returns the items of a subscription in short form. */
function follow(filter: LiveCallFilter = {}) {
  const feed = harness.feeds.liveCalls(filter);
  const inShort = (item: LiveCallsItem) =>
    item.type === 'SNAPSHOT' ? item.calls.map(({ id }) => id) : [item.call.id, item.call.status];
  return {
    next: async () => inShort((await feed.next()).value as LiveCallsItem),
    feed,
  };
}

describe('liveCalls', () => {
  test('returns all live calls first, then each call that starts, changes or ends', async () => {
    const first = await start('first');
    const live = follow();
    expect(await live.next()).toEqual([first]);
    const second = await start('second');
    expect(await live.next()).toEqual([second, 'IN_PROGRESS']);
    await end('first');
    expect(await live.next()).toEqual([first, 'ENDED']);
    await live.feed.return!();
  });

  test('returns an empty snapshot without live calls', async () => {
    await start('ended');
    await end('ended');
    const live = follow();
    expect(await live.next()).toEqual([]);
    await live.feed.return!();
  });

  test('returns the position of the snapshot', async () => {
    await start('first');
    const feed = harness.feeds.liveCalls({});
    const snapshot = (await feed.next()).value as LiveCallsItem;
    expect(snapshot.position).toBe(harness.eventLog.latest());
    await feed.return!();
  });

  test('does not return a call again for its transcript', async () => {
    const callId = await start('first');
    const live = follow();
    await live.next();
    harness.emit({ ...numberedUtterance(1), providerCallId: providerCallId('first') });
    await end('first');
    expect(await live.next()).toEqual([callId, 'ENDED']);
    await live.feed.return!();
  });

  test('returns neither filtered calls nor their ends', async () => {
    await start('first', '+4930111');
    const matching = await start('second', '+9180222');
    const live = follow({ number: searchFor('9180') });
    expect(await live.next()).toEqual([matching]);
    await end('first');
    await end('second');
    expect(await live.next()).toEqual([matching, 'ENDED']);
    await live.feed.return!();
  });

  test('returns a call that no longer matches once more', async () => {
    const callId = await start('first');
    const other = await start('other');
    const live = follow({ statuses: ['IN_PROGRESS'] });
    expect(await live.next()).toEqual([callId, other]);
    const status = {
      ...event('call.status', { status: 'FORWARDING' }),
      providerCallId: providerCallId('first'),
    };
    harness.emit(status);
    await harness.ingest.committed();
    expect(await live.next()).toEqual([callId, 'FORWARDING']);
    await end('first');
    await end('other');
    expect(await live.next()).toEqual([other, 'ENDED']);
    await live.feed.return!();
  });

  test('leaves no listener', async () => {
    const live = follow();
    await live.next();
    const waiting = live.feed.next();
    expect(harness.hub.notifier.listeners).toBe(1);
    await live.feed.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(harness.hub.notifier.listeners).toBe(0);
  });
});

describe('records of matching calls', () => {
  test('are filtered while a reader catches up with the log', async () => {
    await start('first', '+4930111');
    const matching = await start('second', '+9180222');
    const behind = new RecordHub(harness.eventLog.latest());
    const filter = { types: ['CALL_STARTED'], calls: { number: searchFor('9180') } } as const;
    const reader = new CursorReader(behind, harness.eventLog, filter, 0, () => false);
    expect((await reader.pull())?.callId).toBe(matching);
    expect(await reader.pull()).toBeUndefined();
  });

  test('are filtered while they arrive', async () => {
    await start('first', '+4930111');
    await start('second', '+9180222');
    const calls = { number: searchFor('9180') };
    const types = ['CALL_STARTED', 'CALL_ENDED'] as const;
    const fromLog = harness.feeds.records({ types, calls }, 0);
    const fromNow = harness.feeds.records({ types, calls });
    await end('first');
    await end('second');
    const matching = harness.registry.recall(((await fromLog.next()).value as { callId: CallId }).callId);
    expect(matching?.from).toBe('+9180222');
    for (const feed of [fromLog, fromNow]) {
      const { fact, callId } = (await feed.next()).value as { fact: { type: string }; callId: CallId };
      expect([fact.type, callId]).toEqual(['CALL_ENDED', matching?.id]);
      await feed.return!();
    }
  });
});
