/** The reading side of the event log. */
import type { EventLog, LogEpoch } from '../../calls/ports.ts';
import { rowToRecord } from '../rows.ts';
import type { Asynchronous } from './asynchronous.ts';
import { callCondition } from './call-filter.ts';
import type { Reads } from './connection/history-reads.ts';
import { LOG_CONNECTIONS } from './connection/options.ts';
import { takingTurns } from './connection/turns.ts';
import type { PostgresStore } from './open-postgres.ts';
import { Parameters } from './parameters.ts';
import { events } from './schema.ts';
import { selectFrom } from './statements.ts';

const EVENT = selectFrom(events);

export interface EventLogDeps extends Pick<PostgresStore, 'session' | 'logId'> {
  /** Reads the pages. A failure does not make the store unavailable: clients continue from their cursors. */
  readonly historyReads: Reads;
  readonly epochs: readonly LogEpoch[];
}

export function createPostgresEventLog({
  session,
  historyReads,
  logId,
  epochs,
}: EventLogDeps): Asynchronous<EventLog> {
  const pages = takingTurns(historyReads, LOG_CONNECTIONS);
  return {
    logId,
    epochs,
    // The newest row is not sufficient: its call may have been erased, and cursors after it stay valid.
    async latest() {
      const [head] = await session.rows<{ position: number }>({
        name: 'latest_position',
        text: 'select position from log_head',
      });
      return head?.position ?? 0;
    },
    async page(after, limit, { callId, types, calls: filter }) {
      const parameters = new Parameters();
      const conditions = [
        `position > ${parameters.add(after)}`,
        ...(callId === undefined ? [] : [`call_id = ${parameters.add(callId)}`]),
        ...(types ? [`type = any(${parameters.add(types)})`] : []),
        ...(filter
          ? [`call_id in (select c.id from calls as c where ${callCondition(filter, parameters)})`]
          : []),
      ];
      const rows = await pages.rows<typeof events.$inferSelect>({
        text: `${EVENT} where ${conditions.join(' and ')} order by position limit ${parameters.add(limit)}`,
        values: parameters.values,
      });
      return rows.map(rowToRecord);
    },
  };
}
