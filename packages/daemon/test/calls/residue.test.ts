/** What stays behind after an erasure: nothing that can be read, and nothing that brings the call back. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerCallId, type CallId, type Command, type CommandId } from '@sidetone/core';
import { createFakeClock, FAKE_EPOCH, type FakeClock } from '@sidetone/testkit';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Erasure, EXPIRY_INTERVAL_MS, SCRUB_RETRY_MS } from '../../src/calls/erasure.ts';
import { LONE_COMMAND_MS } from '../../src/store/removal/eraser.ts';
import { TOMBSTONE_MS } from '../../src/store/removal/tombstones.ts';
import { until } from '../support/daemon.ts';
import { createHarness, event, numberedUtterance, PROVIDER, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const SECRET = 'marmalade';
const NUMBER = '+15005550006';
const root = tempDir();
let count = 0;
let dir: string;
let clock: FakeClock;
let harness: Harness;
let erasure: Erasure;

function open(now: number): void {
  clock = createFakeClock(now);
  harness = createHarness(dir, { clock });
  erasure = new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') });
}

function restart(now: number): void {
  harness.close();
  open(now);
}

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  open(FAKE_EPOCH);
});
afterEach(async () => {
  await erasure.close();
  harness.close();
});

async function anEndedCall(call: string): Promise<CallId> {
  const callId = harness.emit(event('utterance.final', { party: 'CUSTOMER', text: SECRET }, { call }));
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  await harness.ingest.committed();
  return callId;
}

const isOnDisk = (text: string): boolean =>
  readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(text));

/** Keeps a snapshot of the database open, as a shell or a backup does. */
function startReading(): Sqlite.Database {
  const reader = new Sqlite(join(dir, 'harness.db'), { readonly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from events').get();
  return reader;
}

describe('an erased call', () => {
  test.each([
    ['an utterance', numberedUtterance(1, 'erased')],
    ['a partial', event('utterance.partial', { party: 'CUSTOMER', text: 'hello' }, { call: 'erased' })],
    ['its start', event('call.started', {}, { call: 'erased' })],
    ['its end', event('call.ended', { end: { category: 'BUSY' } }, { call: 'erased' })],
    ['its report', event('call.report', { summary: SECRET, utterances: [] }, { call: 'erased' })],
  ])('is not stored again by %s, also after a restart', async (_what, redelivered) => {
    await erasure.eraseCall(await anEndedCall('erased'));
    expect(harness.ingest.accept(PROVIDER, redelivered)).toBeUndefined();
    restart(FAKE_EPOCH + TOMBSTONE_MS - 1);
    expect(harness.ingest.accept(PROVIDER, redelivered)).toBeUndefined();
    await harness.ingest.committed();
    expect(harness.registry.find(PROVIDER, providerCallId('erased'))).toBeUndefined();
    expect(harness.ingest.accept(PROVIDER, numberedUtterance(1, 'another'))).toBeDefined();
  });

  test('is forgotten after 30 days', async () => {
    await erasure.eraseCall(await anEndedCall('erased'));
    const rows = (): unknown =>
      harness.database.db.$client.prepare('select count(*) from plugin_state').pluck().get();
    restart(FAKE_EPOCH + TOMBSTONE_MS);
    expect([rows(), harness.ingest.accept(PROVIDER, numberedUtterance(1, 'erased'))]).toEqual([
      1,
      expect.any(String),
    ]);
    erasure.start();
    expect(rows()).toBe(0);
  });

  test('leaves no id of its provider on the disk', async () => {
    await erasure.eraseCall(await anEndedCall('a-long-id-of-the-provider'));
    expect(isOnDisk('a-long-id-of-the-provider')).toBe(false);
  });

  test('is pending while another program reads the database, until the content is gone', async () => {
    const callId = await anEndedCall('erased');
    const reader = startReading();
    const status = erasure.eraseCall(callId);
    await until(() => harness.ledger.isScrubDue(), 'the rows are erased');
    await clock.advance(20_000);
    expect([await status, erasure.isPending, isOnDisk(SECRET)]).toEqual(['PENDING', true, true]);
    await clock.advance(SCRUB_RETRY_MS * 3);
    expect(erasure.isPending).toBe(true);
    reader.close();
    await clock.advance(SCRUB_RETRY_MS * 2);
    expect([erasure.isPending, isOnDisk(SECRET)]).toEqual([false, false]);
  });

  test('is ERASED when the content is gone, and NOT_FOUND afterwards', async () => {
    const callId = await anEndedCall('erased');
    expect([await erasure.eraseCall(callId), await erasure.eraseCall(callId)]).toEqual([
      'ERASED',
      'NOT_FOUND',
    ]);
    expect([erasure.isPending, isOnDisk(SECRET)]).toEqual([false, false]);
  });
});

describe('a command without a call', () => {
  const command = (id: string, status: Command['status'], requestedAt = FAKE_EPOCH): Command => ({
    id: id as CommandId,
    kind: 'PLACE_CALL',
    arguments: { to: NUMBER },
    status,
    requestedBy: 'ada',
    requestedAt,
  });
  const ids = (): unknown => harness.database.db.$client.prepare('select id from commands').pluck().all();

  test('can be erased, with its number, once it is settled', async () => {
    harness.ledger.putCommand(command('failed', 'REFUSED'));
    harness.ledger.putCommand(command('open', 'REQUESTED'));
    expect(isOnDisk(NUMBER)).toBe(true);
    expect(await erasure.eraseCommand('failed' as CommandId)).toBe('ERASED');
    expect(await erasure.eraseCommand('open' as CommandId)).toBe('NOT_FOUND');
    expect(ids()).toEqual(['open']);
    harness.ledger.putCommand(command('open', 'UNKNOWN'));
    expect(await erasure.eraseCommand('open' as CommandId)).toBe('ERASED');
    expect(isOnDisk(NUMBER)).toBe(false);
  });

  test('of a call is erased only with the call', async () => {
    const callId = await anEndedCall('erased');
    harness.ingest.recordBy('ada', callId, {
      type: 'COMMAND_CHANGED',
      command: command('stored', 'ACCEPTED'),
    });
    await harness.ingest.committed();
    expect(await erasure.eraseCommand('stored' as CommandId)).toBe('NOT_FOUND');
    expect(ids()).toEqual(['stored']);
  });

  test('is erased after 30 days, at the start and every day', async () => {
    harness.ledger.putCommand(command('old', 'REFUSED', FAKE_EPOCH - LONE_COMMAND_MS));
    harness.ledger.putCommand(command('new', 'REFUSED', FAKE_EPOCH - LONE_COMMAND_MS + EXPIRY_INTERVAL_MS));
    harness.ledger.putCommand(command('open', 'REQUESTED', 0));
    erasure.start();
    expect(ids()).toEqual(['new', 'open']);
    await clock.advance(EXPIRY_INTERVAL_MS);
    expect(ids()).toEqual(['open']);
    harness.ledger.putCommand(command('open', 'UNKNOWN', 0));
    await clock.advance(EXPIRY_INTERVAL_MS);
    expect([ids(), isOnDisk(NUMBER)]).toEqual([[], false]);
  });
});

test('leaves no timer when the daemon stops', async () => {
  erasure.start();
  await erasure.close();
  expect(clock.pending).toBe(0);
});
