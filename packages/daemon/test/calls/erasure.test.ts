import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { CallId, Command, CommandId, ListenerId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AnnotationService } from '../../src/calls/annotation-service.ts';
import { Erasure, EXPIRY_INTERVAL_MS } from '../../src/calls/erasure.ts';
import { CursorReader } from '../../src/live/cursor-reader.ts';
import { createIds } from '../../src/ids.ts';
import { createAuditReader } from '../../src/store/audit/reader.ts';
import { until } from '../support/daemon.ts';
import { createTestLog } from '../support/silent-log.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const SECRET = 'zyxwordnobodyelsesaid';
const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
let erasure: Erasure;

function open(): void {
  harness = createHarness(dir);
  erasure = new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') });
}

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  open();
});
afterEach(() => harness.close());

/** Creates a call with data in every table. */
async function aCallOfEverything(call = 'their-call'): Promise<CallId> {
  const details = { from: '+15005550006', providerData: { note: SECRET } } as const;
  const callId = harness.emit(event('call.started', { details, status: 'IN_PROGRESS' }, { call }));
  const { providerCallId } = harness.ingest.current(callId)!;
  const audio = { encoding: 'mulaw', sampleRate: 8000, parties: ['CUSTOMER'] } as const;
  harness.streams.open(callId, { providerCallId, ...audio }).end('enough');
  harness.emit(event('utterance.final', { party: 'CUSTOMER', text: `my word is ${SECRET}` }, { call }));
  const command: Command = {
    id: `cmd_${call}` as CommandId,
    kind: 'SAY',
    arguments: { content: SECRET },
    status: 'ACCEPTED',
    requestedBy: 'ada',
    requestedAt: 1,
    idempotencyKey: `key of ${call}`,
    fingerprint: 'x',
  };
  harness.ingest.recordBy('ada', callId, { type: 'COMMAND_CHANGED', command });
  const annotations = new AnnotationService({ ...harness, ids: createIds() });
  await annotations.tag(callId, [SECRET], [], 'ada');
  await annotations.addNote(callId, SECRET, undefined, 'ada');
  return callId;
}

async function end(call = 'their-call'): Promise<void> {
  harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  await harness.ingest.committed();
}

/** Counts the rows of each table with data about calls. */
function rowsOf(database = harness.database): Record<string, number> {
  const { $client: sqlite } = database.db;
  const tables = [
    'events',
    'calls',
    'utterances',
    'utterance_words',
    'streams',
    'commands',
    'call_tags',
    'notes',
  ];
  const counted = tables.map((table) => [
    table,
    sqlite.prepare(`select count(*) from ${table}`).pluck().get(),
  ]);
  return Object.fromEntries(counted) as Record<string, number>;
}

const isOnDisk = (text: string): boolean =>
  readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(text));

describe('erasing a call', () => {
  test('removes its rows from all tables and no row of other calls', async () => {
    await aCallOfEverything('other');
    await end('other');
    const before = rowsOf();
    const callId = await aCallOfEverything();
    await end();
    expect(Object.values(before)).not.toContain(0);
    expect(await erasure.erase(callId)).toBe(true);
    expect(rowsOf()).toEqual(before);
    expect(harness.ledger.commandByKey('ada', 'key of other')).toBeDefined();
    expect(harness.ledger.commandByKey('ada', 'key of their-call')).toBeUndefined();
  });

  test('removes its text from the database file and its write-ahead log', async () => {
    const callId = await aCallOfEverything();
    for (let i = 0; i < 300; i++) harness.emit(numberedUtterance(i, 'other'));
    await end();
    expect(isOnDisk(SECRET)).toBe(true);
    await erasure.erase(callId);
    expect(isOnDisk(SECRET)).toBe(false);
    expect(isOnDisk('+15005550006')).toBe(false);
    expect(isOnDisk('words 299')).toBe(true);
  });

  test('keeps who listened and who erased in the audit log, without content and without the id', async () => {
    const callId = await aCallOfEverything();
    const listenerId = 'lsn_1' as ListenerId;
    harness.ingest.recordBy('grace', callId, { type: 'LISTENING_STARTED', listenerId });
    harness.ingest.recordBy('grace', callId, { type: 'LISTENING_STOPPED', listenerId, since: 1 });
    await end();
    await erasure.erase(callId, 'ada');
    const audit = createAuditReader(harness.database.db.$client);
    const entries = [...audit.entries({ callId })];
    expect(entries.map(({ action, by }) => [action, by])).toEqual([
      ['LISTENING_STARTED', 'grace'],
      ['LISTENING_STOPPED', 'grace'],
      ['ERASE', 'ada'],
    ]);
    expect(entries[0]?.details).toEqual({ listenerId });
    expect(audit.verify()).toMatchObject({ intact: true, entries: 3 });
    expect(isOnDisk(SECRET)).toBe(false);
    expect(isOnDisk(callId)).toBe(false);
  });

  test('does not shorten the audit log; entries expire after storage.auditDays', async () => {
    const callId = await aCallOfEverything();
    await end();
    await erasure.erase(callId, 'ada');
    const seqs = () => [...createAuditReader(harness.database.db.$client).entries()].map(({ seq }) => seq);
    erasure.start();
    expect(seqs()).toEqual([1]);
    await harness.clock.advance(harness.auditMs + EXPIRY_INTERVAL_MS);
    expect(seqs()).toEqual([2]);
    expect(createAuditReader(harness.database.db.$client).verify()).toMatchObject({ intact: true });
  });

  test('is completed by the next start if the daemon crashed before scrubbing', async () => {
    const callId = await aCallOfEverything();
    await end();
    harness.ledger.erase(callId, 0);
    harness.close();
    open();
    expect(harness.ledger.isScrubDue()).toBe(true);
    await erasure.scrub();
    expect(harness.ledger.isScrubDue()).toBe(false);
    expect(isOnDisk(SECRET)).toBe(false);
  });

  test('waits for a reader of the file', async () => {
    const callId = await aCallOfEverything();
    await end();
    const reader = new Sqlite(join(dir, 'harness.db'), { readonly: true });
    reader.exec('begin');
    reader.prepare('select count(*) from events').get();
    let isErased = false;
    const erased = erasure.erase(callId).then(() => (isErased = true));
    await until(() => harness.ledger.isScrubDue(), 'the rows are gone');
    await harness.clock.advance(1000);
    expect([isErased, harness.ledger.isScrubDue()]).toEqual([false, true]);
    reader.close();
    await harness.clock.advance(1000);
    await erased;
    expect(isOnDisk(SECRET)).toBe(false);
  });

  test('stops scrubbing a file that is read all the time, and continues the next time', async () => {
    const callId = await aCallOfEverything();
    await end();
    const reader = new Sqlite(join(dir, 'harness.db'), { readonly: true });
    reader.exec('begin');
    reader.prepare('select count(*) from events').get();
    const erased = erasure.erase(callId);
    await until(() => harness.ledger.isScrubDue(), 'the rows are gone');
    await harness.clock.advance(60_000);
    expect(await erased).toBe(true);
    expect(harness.ledger.isScrubDue()).toBe(true);
    reader.close();
    await erasure.scrub();
    expect(harness.ledger.isScrubDue()).toBe(false);
  });

  test('is rejected for a live call', async () => {
    const callId = await aCallOfEverything();
    const before = rowsOf();
    await expect(erasure.erase(callId)).rejects.toMatchObject({ code: 'CALL_STILL_LIVE' });
    expect(rowsOf()).toEqual(before);
  });

  test('returns false for an unknown or erased call', async () => {
    const callId = await aCallOfEverything();
    await end();
    expect(await erasure.erase('call_nowhere' as CallId)).toBe(false);
    const results = await Promise.all([erasure.erase(callId), erasure.erase(callId)]);
    // Either of two concurrent requests erases it, and only one.
    expect(new Set(results)).toEqual(new Set([true, false]));
  });

  test('includes events of the same turn of the event loop', async () => {
    const callId = await aCallOfEverything();
    harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await erasure.erase(callId);
    expect(rowsOf()).toMatchObject({ events: 0, calls: 0 });
  });
});

describe('after an erasure', () => {
  const finals = { types: ['UTTERANCE_FINALIZED'] } as const;
  const all = (): boolean => true;

  test('a reader of the records in memory does not receive its text', async () => {
    const reader = new CursorReader(harness.hub, harness.eventLog, finals, 0, all);
    const callId = await aCallOfEverything();
    await end();
    harness.emit(numberedUtterance(1, 'other'));
    await harness.ingest.committed();
    await erasure.erase(callId);
    expect(await reader.pull()).toMatchObject({ fact: { utterance: { text: 'words 1' } } });
    expect(await reader.pull()).toBeUndefined();
  });

  test('a reader that had read ahead in the log does not receive its text', async () => {
    harness.emit(numberedUtterance(1, 'other'));
    const callId = await aCallOfEverything();
    await end();
    harness.emit(numberedUtterance(2, 'other'));
    await harness.ingest.committed();
    harness.close();
    open();
    const reader = new CursorReader(harness.hub, harness.eventLog, finals, 0, all);
    expect(await reader.pull()).toMatchObject({ fact: { utterance: { text: 'words 1' } } });
    await erasure.erase(callId);
    expect(await reader.pull()).toMatchObject({ fact: { utterance: { text: 'words 2' } } });
  });

  test('the position of the log does not decrease', async () => {
    const callId = await aCallOfEverything();
    await end();
    const latest = harness.eventLog.latest();
    await erasure.erase(callId);
    expect(harness.eventLog.latest()).toBe(latest);
    harness.emit(numberedUtterance(1, 'other'));
    await harness.ingest.committed();
    expect(harness.eventLog.latest()).toBeGreaterThan(latest);
  });

  test('the call is not in memory, and recorded events of it are dropped', async () => {
    const callId = await aCallOfEverything();
    await end();
    await erasure.erase(callId);
    expect([harness.registry.get(callId), harness.registry.recall(callId)]).toEqual([undefined, undefined]);
    harness.ingest.record(callId, { type: 'TRANSFER_STARTED' });
    await harness.ingest.committed();
    expect(rowsOf()).toMatchObject({ events: 0, calls: 0 });
  });
});
