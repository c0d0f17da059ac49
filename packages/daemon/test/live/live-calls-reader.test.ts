import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { providerCallId, type CallId } from '@sidetone/core';
import type { LiveCallFilter } from '../../src/calls/ports.ts';
import type { LiveCallsItem } from '../../src/live/ports.ts';
import { CursorReader } from '../../src/live/cursor-reader.ts';
import { RecordHub } from '../../src/live/record-hub.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
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

const begin = async (name: string, from = '+14155550100'): Promise<CallId> => {
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

/** What a subscription has told, in short. */
function follow(filter: LiveCallFilter = {}) {
  const feed = harness.feeds.liveCalls(filter);
  const inShort = (item: LiveCallsItem) =>
    item.type === 'SNAPSHOT' ? item.calls.map(({ id }) => id) : [item.call.id, item.call.status];
  return {
    next: async () => inShort((await feed.next()).value as LiveCallsItem),
    feed,
  };
}

describe('the live calls', () => {
  test('are all told at first, then each one that begins, changes or ends', async () => {
    const first = await begin('first');
    const live = follow();
    expect(await live.next()).toEqual([first]);
    const second = await begin('second');
    expect(await live.next()).toEqual([second, 'IN_PROGRESS']);
    await end('first');
    expect(await live.next()).toEqual([first, 'ENDED']);
    await live.feed.return!();
  });

  test('are none at first where there are none', async () => {
    await begin('over');
    await end('over');
    const live = follow();
    expect(await live.next()).toEqual([]);
    await live.feed.return!();
  });

  test('carry the position from which the rest can be followed', async () => {
    await begin('first');
    const feed = harness.feeds.liveCalls({});
    const picture = (await feed.next()).value as LiveCallsItem;
    expect(picture.position).toBe(harness.eventLog.latest());
    await feed.return!();
  });

  test('are not told again for what is said in them', async () => {
    const callId = await begin('first');
    const live = follow();
    await live.next();
    harness.emit({ ...numberedUtterance(1), providerCallId: providerCallId('first') });
    await end('first');
    expect(await live.next()).toEqual([callId, 'ENDED']);
    await live.feed.return!();
  });

  test('that a filter leaves out are not told, nor are their ends', async () => {
    await begin('first', '+4930111');
    const wanted = await begin('second', '+9180222');
    const live = follow({ number: '9180' });
    expect(await live.next()).toEqual([wanted]);
    await end('first');
    await end('second');
    expect(await live.next()).toEqual([wanted, 'ENDED']);
    await live.feed.return!();
  });

  test('that no longer match are told once more, and then no longer', async () => {
    const callId = await begin('first');
    const other = await begin('other');
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

  test('leave nothing behind when their reader goes', async () => {
    const live = follow();
    await live.next();
    const waiting = live.feed.next();
    expect(harness.hub.notifier.listeners).toBe(1);
    await live.feed.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(harness.hub.notifier.listeners).toBe(0);
  });
});

describe('events of calls that match', () => {
  test('are told, the others not, while a reader catches up with the log', async () => {
    await begin('first', '+4930111');
    const wanted = await begin('second', '+9180222');
    const behind = new RecordHub(harness.eventLog.latest());
    const filter = { types: ['CALL_STARTED'], calls: { number: '9180' } } as const;
    const reader = new CursorReader(behind, harness.eventLog, filter, 0, () => false);
    expect((await reader.pull())?.callId).toBe(wanted);
    expect(await reader.pull()).toBeUndefined();
  });

  test('are told, the others not, while they come', async () => {
    await begin('first', '+4930111');
    await begin('second', '+9180222');
    const calls = { number: '9180' };
    const types = ['CALL_STARTED', 'CALL_ENDED'] as const;
    const fromLog = harness.feeds.records({ types, calls }, 0);
    const fromNow = harness.feeds.records({ types, calls });
    await end('first');
    await end('second');
    const wanted = harness.registry.recall(((await fromLog.next()).value as { callId: CallId }).callId);
    expect(wanted?.from).toBe('+9180222');
    for (const feed of [fromLog, fromNow]) {
      const { fact, callId } = (await feed.next()).value as { fact: { type: string }; callId: CallId };
      expect([fact.type, callId]).toEqual(['CALL_ENDED', wanted?.id]);
      await feed.return!();
    }
  });
});
