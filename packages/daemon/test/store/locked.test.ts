/** Another program holds the write lock of the database: nothing waits on the event loop, and nothing is lost. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, PluginHost } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Erasure } from '../../src/calls/erasure.ts';
import { createPluginHost } from '../../src/plugins/plugin-host.ts';
import { Lease } from '../../src/plugins/supervision/lease.ts';
import { createStateStore } from '../../src/store/plugin-state.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let other: Sqlite.Database;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  other = new Sqlite(join(dir, 'harness.db'));
});
afterEach(() => {
  other.close();
  harness.close();
});

const lock = (): void => void other.exec('begin immediate');
const unlock = (): void => void other.exec('rollback');

async function anEndedCall(): Promise<CallId> {
  const callId = harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
  await harness.ingest.committed();
  return callId;
}

function aPluginHost(): PluginHost {
  const lease = new Lease(() => undefined);
  lease.open();
  const stateStore = createStateStore(harness.database.db);
  const log = createTestLog().log('');
  return createPluginHost('owner', lease, { stateStore, clock: harness.clock, log, socketMessageBytes: 1 });
}

test('no statement of the daemon waits for a lock', () => {
  expect(harness.database.db.$client.pragma('busy_timeout', { simple: true })).toBe(0);
});

test('events are stored after the lock is released, and those who wait receive no error', async () => {
  lock();
  harness.emit(numberedUtterance(1));
  const stored = harness.ingest.committed();
  await harness.clock.advance(300);
  expect(harness.ingest.storeNow()).toBe(false);
  unlock();
  await harness.clock.advance(1000);
  await stored;
  expect(harness.eventLog.latest()).toBe(2);
});

test('the state of a plugin is written in order, and read after it is written', async () => {
  const { state } = aPluginHost();
  lock();
  const writes = [state.set('key', 'first'), state.delete('key'), state.set('key', 'last')];
  const read = state.get('key');
  const listed = state.list('');
  await harness.clock.advance(300);
  unlock();
  await harness.clock.advance(1000);
  await Promise.all(writes);
  expect([await read, await listed]).toEqual(['last', [['key', 'last']]]);
  void state.set('key', 'at once');
  expect(createStateStore(harness.database.db).get('owner', 'key')).toBe('at once');
});

test('a write of the state of a plugin is rejected if the lock is never released', async () => {
  const { state } = aPluginHost();
  lock();
  const written = state.set('key', 'value');
  const failure = written.catch((error: unknown) => error);
  await harness.clock.advance(60_000);
  expect(await failure).toMatchObject({ code: 'STORE_BUSY' });
  unlock();
  await state.set('key', 'value');
});

test('an erasure waits for the lock and then scrubs the file', async () => {
  const callId = await anEndedCall();
  const erasure = new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') });
  lock();
  const erased = erasure.erase(callId);
  await harness.clock.advance(300);
  unlock();
  await harness.clock.advance(1000);
  expect(await erased).toBe(true);
  expect(harness.ledger.isScrubDue()).toBe(false);
});

test('scrubbing continues after a lock', async () => {
  harness.ledger.erase(await anEndedCall(), 0);
  lock();
  expect(harness.ledger.scrub()).toBe('BUSY');
  unlock();
  expect(harness.ledger.scrub()).not.toBe('BUSY');
});
