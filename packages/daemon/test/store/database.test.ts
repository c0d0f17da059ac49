import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, StreamId } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { calls, commands, events, streams } from '../../src/store/schema.ts';
import { indexText } from '../../src/store/search/tokenizer.ts';
import { createAtSchema } from '../support/earlier-schema.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();
let count = 0;
const newPath = (): string => join(dir, `${count++}.db`);

describe('a database', () => {
  test('is created with its folders, and keeps its log id', () => {
    const path = join(dir, 'a', 'b', 'new.db');
    const first = openDatabase(path, 'full');
    first.close();
    const second = openDatabase(path, 'full');
    second.close();
    expect(second.logId).toBe(first.logId);
    expect(openDatabase(newPath(), 'full').logId).not.toBe(first.logId);
  });

  test('is created in an empty file', () => {
    const path = newPath();
    writeFileSync(path, '');
    openDatabase(path, 'normal').close();
    expect(readFileSync(path).length).toBeGreaterThan(0);
  });

  test('syncs every commit to the disk if durability is full', () => {
    const full = openDatabase(newPath(), 'full');
    const normal = openDatabase(newPath(), 'normal');
    const synchronous = ({ db }: typeof full): unknown => db.$client.pragma('synchronous', { simple: true });
    expect([synchronous(full), synchronous(normal)]).toEqual([2, 1]);
    full.close();
    normal.close();
  });

  test('is locked by one daemon until it is closed', () => {
    const path = newPath();
    const holder = openDatabase(path, 'full');
    expect(() => openDatabase(path, 'full')).toThrow(expect.objectContaining({ code: 'STORE_IN_USE' }));
    holder.close();
    openDatabase(path, 'full').close();
  });
});

describe('rejects, without changing the file,', () => {
  function expectRejected(path: string, code: string): void {
    const before = readFileSync(path);
    expect(() => openDatabase(path, 'full')).toThrow(expect.objectContaining({ code }));
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-journal`)).toBe(false);
  }

  test('a file that is not a database', () => {
    const path = newPath();
    writeFileSync(path, 'Dear diary, '.repeat(1000));
    expectRejected(path, 'STORE_NOT_A_DATABASE');
  });

  test('a database of another program', () => {
    const path = newPath();
    const other = new Sqlite(path);
    other.exec('create table precious (data text)');
    other.close();
    expectRejected(path, 'STORE_NOT_A_DATABASE');
  });

  test('a database of a newer release', () => {
    const path = newPath();
    openDatabase(path, 'full').close();
    const later = new Sqlite(path);
    later.pragma('journal_mode = delete');
    later.exec(`insert into __drizzle_migrations (hash, created_at) values ('x', ${Date.UTC(2100, 0)})`);
    later.close();
    expectRejected(path, 'STORE_SCHEMA_NEWER');
  });

  test('a truncated file', () => {
    const path = newPath();
    openDatabase(path, 'full').close();
    const content = readFileSync(path);
    writeFileSync(path, content.subarray(0, 50));
    expectRejected(path, 'STORE_DAMAGED');
  });
});

test('reports a path that is a folder as unreadable', () => {
  const path = join(dir, 'folder.db');
  mkdirSync(path);
  expect(() => openDatabase(path, 'full')).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
  expect(readdirSync(path)).toEqual([]);
});

describe('a database of the first release', () => {
  test('is migrated with its content', () => {
    const path = newPath();
    createAtSchema(path, 1);
    const { db, logId, close } = openDatabase(path, 'normal');
    const ledger = createLedger(db);
    expect(logId).toBe('old-log');
    expect(ledger.get('call_1' as CallId)).toMatchObject({ status: 'ENDED', tags: [], noteCount: 0 });
    expect(db.select().from(calls).get()?.durationMs).toBe(3000);
    expect(ledger.utterances('call_1' as CallId)).toHaveLength(2);
    expect(db.select().from(commands).get()).toMatchObject({
      id: 'cmd_1',
      callId: 'call_1',
      arguments: { content: 'hi' },
      idempotencyKey: null,
    });
    close();
  });

  test('has events and call state under their new names', () => {
    const path = newPath();
    createAtSchema(path, 1);
    const { db, close } = openDatabase(path, 'normal');
    const stored = db.select({ type: events.type, fact: events.fact }).from(events).all();
    expect(stored.slice(1)).toEqual([
      { type: 'CALL_NOTICE', fact: { code: 'LATE', message: 'late' } },
      { type: 'CALL_REPORTED', fact: { summary: 'short', includesTranscript: true } },
      { type: 'CALL_REPORTED', fact: { summary: 'shorter' } },
    ]);
    expect(db.select({ state: calls.state }).from(calls).get()?.state).toEqual({
      statusAt: 5000,
      isTranscriptReported: true,
      lastFinalEndMs: { CUSTOMER: 900 },
      speakingSince: {},
    });
    close();
  });

  test('has streams without losses of late audio, also if they end as they did', () => {
    const path = newPath();
    createAtSchema(path, 1);
    const { db, close } = openDatabase(path, 'normal');
    const none = { listeningLostMs: 0, recordingLostMs: 0, transcriptLostMs: 0 };
    const rows = () => db.select().from(streams).orderBy(streams.id).all();
    expect(rows()).toMatchObject([
      { id: 'str_1', frames: 150, bytes: 24_000, missingFrames: 2, ...none },
      { id: 'str_2', frames: 0, ...none },
    ]);
    // An event of an earlier release, which lacks the counters.
    const counters = { frames: 5, bytes: 800, missingFrames: 1 };
    const fact = {
      type: 'STREAM_STOPPED',
      streamId: 'str_2' as StreamId,
      reason: 'closed',
      counters,
    } as const;
    const ledger = createLedger(db);
    const callId = 'call_1' as CallId;
    ledger.commit([{ callId, fact, at: 6000, call: ledger.get(callId)! }]);
    expect(rows()[1]).toMatchObject({ endReason: 'closed', ...counters, ...none });
    close();
  });

  test('is indexed once', () => {
    const path = newPath();
    createAtSchema(path, 1);
    const search = (word: string): unknown[] => {
      const { db, close } = openDatabase(path, 'normal');
      const match = db.$client.prepare('select rowid from utterance_words where utterance_words match ?');
      const rows = match.pluck().all(`"${indexText(word)}"`);
      close();
      return rows;
    };
    expect(search('hello')).toEqual([7]);
    expect(search('天気')).toEqual([9]);
    expect(search('bye')).toEqual([]);
    const { db, close } = openDatabase(path, 'normal');
    db.$client.exec('delete from utterance_words where rowid = 7');
    close();
    expect(search('hello')).toEqual([]);
    expect(search('天気')).toEqual([9]);
  });
});
