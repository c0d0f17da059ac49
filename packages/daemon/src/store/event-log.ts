/** The reading side of the event log. */
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { EventLog } from '../calls/ports.ts';
import type { Database } from './database.ts';
import { scanCondition } from './call-filter.ts';
import { rowToRecord } from './rows.ts';
import { calls, events } from './schema.ts';

export function createEventLog({ db, logId }: Pick<Database, 'db' | 'logId'>): EventLog {
  // Not the newest row: its call may have been erased, and cursors after it stay valid.
  const newest = db.$client.prepare<[], { seq: number }>(
    `select seq from sqlite_sequence where name = 'events'`,
  );
  return {
    logId,
    latest: () => newest.get()?.seq ?? 0,
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
