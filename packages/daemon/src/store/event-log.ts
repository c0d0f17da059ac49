/** The reading side of the event log. */
import { and, asc, eq, gt, inArray, max } from 'drizzle-orm';
import type { EventLog } from '../app/ports.ts';
import type { Database } from './database.ts';
import { rowToRecord } from './rows.ts';
import { events } from './schema.ts';

export function createEventLog({ db, logId }: Pick<Database, 'db' | 'logId'>): EventLog {
  return {
    logId,
    latest: () =>
      db
        .select({ position: max(events.position) })
        .from(events)
        .get()?.position ?? 0,
    page: async (after, limit, { callId, types }) =>
      db
        .select()
        .from(events)
        .where(
          and(
            gt(events.position, after),
            callId && eq(events.callId, callId),
            types && inArray(events.type, [...types]),
          ),
        )
        .orderBy(asc(events.position))
        .limit(limit)
        .all()
        .map(rowToRecord),
  };
}
