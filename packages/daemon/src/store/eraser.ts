/**
 * Erases a call: its rows at once, in one transaction, and then what is left of its words in the search index and in the
 * write-ahead log. The index only marks rows as deleted, so that it has to be merged: in steps, because a large one
 * takes longer than the loop that hears audio may be held up.
 */
import { eq } from 'drizzle-orm';
import type { CallId } from '@sidetone/core';
import type { Scrub } from '../calls/ports.ts';
import type { Db } from './database.ts';
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

/** Pages of the index that are merged in one step: some milliseconds of work. */
const PAGES_A_STEP = 500;
/** In `meta` from an erasure until nothing is left of it, so that a crash in between does not keep words. */
const SCRUB_DUE = 'scrub_due';

/** Where a call has rows, besides its own: every table with a `call_id`. */
export const OF_A_CALL = [
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

export interface Eraser {
  /** Deletes every row about the call; within a transaction. */
  erase(callId: CallId): void;
  isScrubDue(): boolean;
  /** One step towards nothing being left in the file. */
  scrub(): Scrub;
}

export function createEraser(db: Db): Eraser {
  const { $client: sqlite } = db;
  const unindex = sqlite.prepare<[string]>(
    'delete from utterance_words where rowid in (select position from utterances where call_id = ?)',
  );
  const merge = sqlite.prepare<[number]>(
    "insert into utterance_words (utterance_words, rank) values ('merge', ?)",
  );
  const changes = sqlite.prepare<[], number>('select total_changes()').pluck();
  let isMerging = false;

  /** As the manual of FTS5 has it: a negative first step takes all in, and a step of less than two changes did nothing. */
  function mergeStep(): boolean {
    const before = changes.get() ?? 0;
    merge.run(isMerging ? PAGES_A_STEP : -PAGES_A_STEP);
    isMerging = (changes.get() ?? 0) - before >= 2;
    return isMerging;
  }

  /** Writes everything into the file, unless somebody is reading right now. */
  function emptyLog(): boolean {
    const timeout = sqlite.pragma('busy_timeout', { simple: true }) as number;
    sqlite.pragma('busy_timeout = 0');
    try {
      return sqlite.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
    } finally {
      sqlite.pragma(`busy_timeout = ${timeout}`);
    }
  }

  const isScrubDue = (): boolean => db.select().from(meta).where(eq(meta.key, SCRUB_DUE)).get() !== undefined;

  return {
    erase(callId) {
      unindex.run(callId);
      for (const table of OF_A_CALL) {
        db.delete(table).where(eq(table.callId, callId)).run();
      }
      db.delete(calls).where(eq(calls.id, callId)).run();
      db.insert(meta).values({ key: SCRUB_DUE, value: '' }).onConflictDoNothing().run();
      isMerging = false;
    },
    isScrubDue,
    scrub() {
      if (!isScrubDue()) return 'DONE';
      if (mergeStep()) return 'MORE';
      if (!emptyLog()) return 'BUSY';
      db.delete(meta).where(eq(meta.key, SCRUB_DUE)).run();
      return 'DONE';
    },
  };
}
