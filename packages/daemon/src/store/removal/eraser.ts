/**
 * Erases a call: first its rows, in one transaction, then the remains of its text in the full-text index and in the
 * write-ahead log. The index only marks rows as deleted until it is merged; merging runs in steps, because one of a large
 * index would block the event loop for too long.
 */
import type { CallId, CommandId, ProviderCallId, ProviderId } from '@sidetone/core';
import { and, asc, eq, gt, isNull, lte, ne } from 'drizzle-orm';
import type { LoneCommand, Scrub } from '../../calls/ports.ts';
import type { Db } from '../db.ts';
import {
  calls,
  callNumbers,
  callTags,
  commands,
  events,
  listenings,
  meta,
  notes,
  recordings,
  streams,
  utterances,
  waveforms,
} from '../schema.ts';
import { storeFailure } from '../store-failure.ts';
import { createTombstones } from './tombstones.ts';

/** How long a command that never got a call is kept, ms: with the number that was to be called, and its idempotency key. */
export const LONE_COMMAND_MS = 30 * 24 * 60 * 60_000;

/** Pages of the index merged in one step: a few milliseconds of work. */
const PAGES_PER_STEP = 500;
/** Key in `meta` from an erasure until its scrub is done, so that the scrub resumes after a crash. */
const SCRUB_DUE = 'scrub_due';

/** Every table with a `call_id` column. */
export const TABLES_WITH_CALL_ID = [
  events,
  utterances,
  streams,
  commands,
  callTags,
  callNumbers,
  notes,
  recordings,
  listenings,
  waveforms,
] as const;

/** A settled command without a call: an attempt to place a call that failed. */
const isLone = and(isNull(commands.callId), ne(commands.status, 'REQUESTED'));

const isBusy = (error: unknown): boolean => storeFailure(error, 'write')?.code === 'STORE_BUSY';

export interface Eraser {
  /** Deletes every row of the call and remembers that it was erased. Call it in a transaction. */
  erase(callId: CallId, now: number): void;
  /** Deletes a settled command that has no call. Returns whether there was one. Call it in a transaction. */
  eraseCommand(id: CommandId): boolean;
  /** Returns settled commands without a call, by their ids. */
  loneCommands(after: CommandId | undefined, limit: number): readonly LoneCommand[];
  /** Deletes what is not kept any longer: commands without a call, and the memory of erased calls. Call it in a transaction. */
  expire(now: number): void;
  /** Returns whether the call was erased. */
  isErased(providerId: ProviderId, providerCallId: ProviderCallId, now: number): boolean;
  /** Has the file scrubbed. Call it in the transaction that removes texts. */
  requestScrub(): void;
  /** Returns whether the file may still contain erased text. */
  isScrubDue(): boolean;
  /** Runs one step of removing erased text from the file. */
  scrub(): Scrub;
}

export function createEraser(db: Db): Eraser {
  const { $client: sqlite } = db;
  const removeFromIndex = sqlite.prepare<[string]>(
    'delete from utterance_words where rowid in (select position from utterances where call_id = ?)',
  );
  const merge = sqlite.prepare<[number]>(
    "insert into utterance_words (utterance_words, rank) values ('merge', ?)",
  );
  const changes = sqlite.prepare<[], number>('select total_changes()').pluck();
  const tombstones = createTombstones(db);
  let isMerging = false;

  /** See the manual of FTS5, 'merge': a negative first step includes all segments; a step with less than 2 changes had nothing to do. */
  function mergeStep(): boolean {
    const before = changes.get() ?? 0;
    merge.run(isMerging ? PAGES_PER_STEP : -PAGES_PER_STEP);
    isMerging = (changes.get() ?? 0) - before >= 2;
    return isMerging;
  }

  /** Moves the write-ahead log into the file and truncates it. Returns false if a reader prevents it now. */
  function truncateLog(): boolean {
    return sqlite.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
  }

  function requestScrub(): void {
    db.insert(meta).values({ key: SCRUB_DUE, value: '' }).onConflictDoNothing().run();
    isMerging = false;
  }

  const isScrubDue = (): boolean => db.select().from(meta).where(eq(meta.key, SCRUB_DUE)).get() !== undefined;

  return {
    erase(callId, now) {
      const call = db.select().from(calls).where(eq(calls.id, callId)).get();
      if (call) tombstones.add(call.providerId, call.providerCallId, now);
      removeFromIndex.run(callId);
      for (const table of TABLES_WITH_CALL_ID) {
        db.delete(table).where(eq(table.callId, callId)).run();
      }
      db.delete(calls).where(eq(calls.id, callId)).run();
      requestScrub();
    },
    eraseCommand(id) {
      const { changes: erased } = db
        .delete(commands)
        .where(and(eq(commands.id, id), isLone))
        .run();
      if (erased > 0) requestScrub();
      return erased > 0;
    },
    loneCommands: (after, limit) =>
      db
        .select({ id: commands.id, arguments: commands.arguments })
        .from(commands)
        .where(and(isLone, after && gt(commands.id, after)))
        .orderBy(asc(commands.id))
        .limit(limit)
        .all(),
    expire(now) {
      tombstones.expire(now);
      const isOld = lte(commands.requestedAt, now - LONE_COMMAND_MS);
      if (db.delete(commands).where(and(isLone, isOld)).run().changes > 0) requestScrub();
    },
    isErased: (providerId, providerCallId, now) => tombstones.has(providerId, providerCallId, now),
    requestScrub,
    isScrubDue,
    scrub() {
      try {
        if (!isScrubDue()) return 'DONE';
        if (mergeStep()) return 'MORE';
        if (!truncateLog()) return 'BUSY';
        db.delete(meta).where(eq(meta.key, SCRUB_DUE)).run();
        return 'DONE';
      } catch (error) {
        if (isBusy(error)) return 'BUSY';
        throw error;
      }
    },
  };
}
