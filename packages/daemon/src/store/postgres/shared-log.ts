/**
 * What a node reads of the log to which all write. Each method is one statement, which sees the database as it is in one
 * instant: all that was committed up to the head.
 */
import type { LogPart, SharedLog } from '../../calls/ports.ts';
import { rowToCall, rowToRecord } from '../rows.ts';
import type { Session } from './connection/session.ts';
import { calls, events } from './schema.ts';
import { selectFrom } from './statements.ts';

const READ = `select h.position as head, e.* from log_head as h left join lateral (
    ${selectFrom(events)} where position > $1 and position <= coalesce($2::bigint, h.position)
    order by position limit $3
  ) as e on true order by e.position`;

const LIVE_CALLS = `select h.position as head, c.* from log_head as h left join (
    ${selectFrom(calls)} where status <> 'ENDED'
  ) as c on true order by c.id`;

type Row<T> = (T | { readonly [Key in keyof T]: null }) & { readonly head: number };
type EventRow = Row<typeof events.$inferSelect>;
type CallRow = Row<typeof calls.$inferSelect>;

export function createSharedLog(session: Pick<Session, 'rows'>): SharedLog {
  return {
    async read(after, upTo, limit): Promise<LogPart> {
      const values = [after, upTo ?? null, limit];
      const rows = await session.rows<EventRow>({ name: 'follow_log', text: READ, values });
      return {
        records: rows.flatMap((row) => (row.callId === null ? [] : [rowToRecord(row)])),
        head: rows[0]?.head ?? 0,
      };
    },
    async liveCalls() {
      const rows = await session.rows<CallRow>({ text: LIVE_CALLS });
      return {
        calls: rows.flatMap((row) => (row.id === null ? [] : [rowToCall(row)])),
        position: rows[0]?.head ?? 0,
      };
    },
  };
}
