/** The reading side of the event log. */
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { EventLog } from '../calls/ports.ts';
import type { Database } from './database.ts';
import { SELECT_LATEST } from './opening/log-epochs.ts';
import { filterCondition } from './call-filter.ts';
import { rowToRecord } from './rows.ts';
import { calls, events } from './schema.ts';

/** Its newest position is known at once. */
export interface SqliteEventLog extends EventLog {
  latest(): number;
}

export function createEventLog({
  db,
  logId,
  epochs,
}: Pick<Database, 'db' | 'logId' | 'epochs'>): SqliteEventLog {
  const newest = db.$client.prepare<[], number>(SELECT_LATEST).pluck();
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
              inArray(events.callId, db.select({ id: calls.id }).from(calls).where(filterCondition(filter))),
          ),
        )
        .orderBy(asc(events.position))
        .limit(limit)
        .all()
        .map(rowToRecord),
  };
}
