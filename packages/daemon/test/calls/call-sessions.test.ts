import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, CallRecord } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallRegistry } from '../../src/calls/call-registry.ts';
import { followCalls } from '../../src/calls/call-sessions.ts';
import type { RecordSource } from '../../src/calls/ports.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const LAST_AUDIO_MS = 200;
const root = tempDir();
let count = 0;
let harness: Harness;
let seen: string[];

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  seen = [];
});
afterEach(() => harness.close());

async function start(call: string): Promise<CallId> {
  const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call }));
  await harness.ingest.committed();
  await harness.clock.settle();
  return callId;
}

async function end(call: string): Promise<void> {
  harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, { call }));
  await harness.ingest.committed();
  await harness.clock.settle();
}

const handlers = {
  onStart: ({ providerCallId }: { readonly providerCallId: string }) =>
    void seen.push(`start ${providerCallId}`),
  onEnd: (callId: CallId, { category }: { readonly category: string }) =>
    void seen.push(`end ${harness.registry.recall(callId)!.providerCallId} ${category}`),
  lastAudioMs: LAST_AUDIO_MS,
};
const follow = (feeds: RecordSource = harness.feeds, callId?: CallId) =>
  followCalls({ ...harness, feeds, log: createTestLog().log('') }, handlers, callId);

describe('followCalls', () => {
  test('starts with live calls and with those that start later', async () => {
    await start('live');
    await start('ended before');
    await end('ended before');
    const stop = follow();
    await start('later');
    expect(seen).toEqual(['start live', 'start later']);
    await stop();
  });

  test('starts and ends with calls that come from other nodes and go to them', async () => {
    const { ledger: reads } = harness;
    const registry = new CallRegistry({ reads, canMove: true });
    const deps = { ...harness, registry, log: createTestLog().log('') };
    const callId = await start('moving');
    const stop = followCalls(deps, { ...handlers, onLeft: () => void seen.push('left') });
    const call = harness.registry.get(callId)!;
    registry.putAll([call]);
    registry.putAll([call]);
    await harness.clock.settle();
    expect(seen).toEqual(['start moving']);
    registry.release(call);
    expect(seen).toEqual(['start moving', 'left']);
    expect(registry.live()).toEqual([]);
    expect(registry.liveId(call.providerId, call.providerCallId)).toBeUndefined();
    await stop();
    registry.putAll([call]);
    await harness.clock.settle();
    expect(seen).toHaveLength(2);
  });

  test('ends with a call, after its last audio may have arrived', async () => {
    const stop = follow();
    await start('a');
    await end('a');
    await harness.clock.advance(LAST_AUDIO_MS - 1);
    expect(seen).toEqual(['start a']);
    await harness.clock.advance(1);
    expect(seen).toEqual(['start a', 'end a CUSTOMER_ENDED']);
    await stop();
  });

  test('follows one call only, if requested', async () => {
    const callId = await start('a');
    const records = harness.feeds.records.bind(harness.feeds);
    const { onEnd, lastAudioMs } = handlers;
    const deps = { ...harness, feeds: { records }, log: createTestLog().log('') };
    const stop = followCalls(deps, { onEnd, lastAudioMs }, callId);
    await start('b');
    await end('b');
    await end('a');
    await harness.clock.advance(LAST_AUDIO_MS);
    expect(seen).toEqual(['end a CUSTOMER_ENDED']);
    await stop();
  });

  test('leaves no reader and no timer after it is stopped', async () => {
    const stop = follow();
    await start('a');
    await end('a');
    await stop();
    await harness.clock.advance(LAST_AUDIO_MS);
    expect(seen).toEqual(['start a']);
    expect([harness.hub.notifier.listeners, harness.clock.pending]).toEqual([0, 0]);
  });

  test('logs a failed read of the event log and stops following', async () => {
    const { log, lines } = createTestLog();
    const failing: RecordSource = {
      // oxlint-disable-next-line require-yield -- it fails before it yields
      async *records(): AsyncGenerator<CallRecord, undefined> {
        throw new Error('the database is closed');
      },
    };
    followCalls({ ...harness, feeds: failing, log: log('') }, handlers);
    await harness.clock.settle();
    expect(lines).toMatchObject([
      { level: 'error', message: 'reading events failed, no longer following calls' },
    ]);
  });
});
