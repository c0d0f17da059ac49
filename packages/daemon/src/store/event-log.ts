/** The reading side of the event log. */
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { EventLog } from '../calls/ports.ts';
import type { Database } from './database.ts';
import type { Db } from './db.ts';
import { scanCondition } from './call-filter.ts';
import { rowToRecord } from './rows.ts';
import { calls, events } from './schema.ts';

/** Not the newest row: its call may have been erased, and cursors after it stay valid. */
const NEWEST = `select seq from sqlite_sequence where name = 'events'`;

/** Returns the position of the newest event; 0 if there was none yet. */
export const latestPosition = (sqlite: Db['$client']): number =>
  sqlite.prepare<[], number>(NEWEST).pluck().get() ?? 0;

export function createEventLog({ db, logId, epochs }: Pick<Database, 'db' | 'logId' | 'epochs'>): EventLog {
  const newest = db.$client.prepare<[], number>(NEWEST).pluck();
  return {
    logId,
    epochs,
    latest: () => newest.get() ?? 0,
    page: async (after, limit, { callId, types, calls: filter }) =>
      db
        .select()
        .from(events)
        .where(
          and(
            gt(events.position, after),
            callId && eq(events.callId, callId),
            types && inArray(events.type, [...types]),
            filter &&
              inArray(events.callId, db.select({ id: calls.id }).from(calls).where(scanCondition(filter))),
          ),
        )
        .orderBy(asc(events.position))
        .limit(limit)
        .all()
        .map(rowToRecord),
  };
}
