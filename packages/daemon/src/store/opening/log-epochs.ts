/**
 * The epochs of the event log. Each start of the daemon begins one. A copy of the database has the epochs up to the copy, so
 * what two daemons write after it, or what one daemon writes after the copy was restored, belongs to different epochs.
 */
import { randomBytes } from 'node:crypto';
import { asc, desc, eq, lt } from 'drizzle-orm';
import type { LogEpoch } from '../../calls/ports.ts';
import type { Db } from '../db.ts';
import { logEpochs } from '../schema.ts';

/** Most epochs that are kept. Cursors of older ones are rejected with CURSOR_LOG_REPLACED. */
export const MAX_EPOCHS = 10_000;

/**
 * Begins an epoch after the position `latest` and returns all. An epoch in which no event was written is replaced: no cursor
 * names it.
 */
export function beginEpoch(db: Db, latest: number): readonly LogEpoch[] {
  const id = randomBytes(6).toString('base64url');
  db.transaction(() => {
    db.delete(logEpochs).where(eq(logEpochs.startsAfter, latest)).run();
    db.insert(logEpochs).values({ startsAfter: latest, id }).run();
    const oldestKept = db
      .select()
      .from(logEpochs)
      .orderBy(desc(logEpochs.startsAfter))
      .limit(1)
      .offset(MAX_EPOCHS - 1)
      .get();
    if (oldestKept) db.delete(logEpochs).where(lt(logEpochs.startsAfter, oldestKept.startsAfter)).run();
  });
  return db.select().from(logEpochs).orderBy(asc(logEpochs.startsAfter)).all();
}

/** The newest row is not sufficient: its call may have been erased, and cursors after it stay valid. */
export const SELECT_LATEST = `select seq from sqlite_sequence where name = 'events'`;

/** Returns the position of the newest event; 0 if there was none yet. */
export const latestPosition = (sqlite: Db['$client']): number =>
  sqlite.prepare<[], number>(SELECT_LATEST).pluck().get() ?? 0;
