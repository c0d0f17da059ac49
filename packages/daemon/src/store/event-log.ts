/** The reading side of the event log. */
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { EventLog } from '../calls/ports.ts';
import type { Database } from './database.ts';
import { matching } from './history/filter.ts';
import { rowToRecord } from './rows.ts';
import { calls, events } from './schema.ts';

export function createEventLog({ db, logId }: Pick<Database, 'db' | 'logId'>): EventLog {
  // Not the newest that is left: its call may be erased, and cursors behind it still hold.
  const newest = db.$client.prepare<[], { seq: number }>(
    `select seq from sqlite_sequence where name = 'events'`,
  );
  return {
    logId,
    latest: () => newest.get()?.seq ?? 0,
    page: async (after, limit, { callId, types, calls: wanted }) =>
      db
        .select()
        .from(events)
        .where(
          and(
            gt(events.position, after),
            callId && eq(events.callId, callId),
            types && inArray(events.type, [...types]),
            wanted && inArray(events.callId, db.select({ id: calls.id }).from(calls).where(matching(wanted))),
          ),
        )
        .orderBy(asc(events.position))
        .limit(limit)
        .all()
        .map(rowToRecord),
  };
}
