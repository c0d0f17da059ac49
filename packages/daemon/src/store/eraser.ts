/**
 * Erases a call: first its rows, in one transaction, then the remains of its text in the full-text index and in the
 * write-ahead log. The index only marks rows as deleted until it is merged; merging runs in steps, because one of a large
 * index would block the event loop for too long.
 */
import { eq } from 'drizzle-orm';
import type { CallId } from '@sidetone/core';
import type { Scrub } from '../calls/ports.ts';
import type { Db } from './db.ts';
import {
  calls,
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
} from './schema.ts';
import { storeFailure } from './store-failure.ts';

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
  notes,
  recordings,
  listenings,
  waveforms,
] as const;

const isBusy = (error: unknown): boolean => storeFailure(error, 'write')?.code === 'STORE_BUSY';

interface Eraser {
  /** Deletes every row of the call. Call it in a transaction. */
  erase(callId: CallId): void;
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

  const isScrubDue = (): boolean => db.select().from(meta).where(eq(meta.key, SCRUB_DUE)).get() !== undefined;

  return {
    erase(callId) {
      removeFromIndex.run(callId);
      for (const table of TABLES_WITH_CALL_ID) {
        db.delete(table).where(eq(table.callId, callId)).run();
      }
      db.delete(calls).where(eq(calls.id, callId)).run();
      db.insert(meta).values({ key: SCRUB_DUE, value: '' }).onConflictDoNothing().run();
      isMerging = false;
    },
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
