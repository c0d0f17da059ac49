/** Pages of calls, and of the audit log. */
import type { QueryResultRow } from 'pg';
import { actionsOf, type StoredAuditEntry } from '../../../history/audit-query.ts';
import { NEWEST_FIRST, type CallOrderField } from '../../../history/call-order.ts';
import { callDigest, type AuditRow } from '../../audit/log.ts';
import { readLimit, toPage } from '../../history/keyset.ts';
import type { HistoryReader } from '../../history/queries.ts';
import { rowToCall } from '../../rows.ts';
import type { Asynchronous } from '../asynchronous.ts';
import { callCondition } from '../call-filter.ts';
import { Parameters } from '../parameters.ts';
import type { Reads } from '../connection/history-reads.ts';
import { auditLog, calls } from '../schema.ts';
import { selectFrom } from '../statements.ts';
import { keysetQueries, type SortKey } from './keyset.ts';

const SORT_KEYS: Readonly<Record<CallOrderField, Omit<SortKey, 'descending'>>> = {
  CREATED_AT: { key: 'c.created_at', id: 'c.id' },
  ENDED_AT: { key: 'c.ended_at', id: 'c.id', nullable: true },
  DURATION: { key: 'c.duration_ms', id: 'c.id', nullable: true },
};

export function createPostgresPages(
  reads: Reads,
): Asynchronous<Pick<HistoryReader, 'calls' | 'auditEntries'>> {
  return {
    async calls(filter, page, order = NEWEST_FIRST) {
      const sort = { ...SORT_KEYS[order.field], descending: order.direction === 'DESC' };
      const rows: (typeof calls.$inferSelect)[] = [];
      for (const query of keysetQueries(sort, page)) {
        const missing = readLimit(page) - rows.length;
        if (missing <= 0) break;
        const parameters = new Parameters();
        const { where, direction } = query(parameters);
        const condition = callCondition(filter, parameters);
        const found = await reads.rows<typeof calls.$inferSelect>({
          text: `${selectFrom(calls)} as c where ${where} and ${condition}
            order by ${sort.key} ${direction}, ${sort.id} ${direction} limit ${parameters.add(missing)}`,
          values: parameters.values,
        });
        rows.push(...found);
      }
      return toPage(rows.map(rowToCall), page);
    },
    async auditEntries(filter, page) {
      const parameters = new Parameters();
      const [query] = keysetQueries({ key: 'seq', id: 'seq', descending: true }, page);
      const { where, direction } = query!(parameters);
      const actions = actionsOf(filter);
      const conditions = [
        where,
        ...(filter.since === undefined ? [] : [`at >= ${parameters.add(filter.since)}`]),
        ...(filter.until === undefined ? [] : [`at < ${parameters.add(filter.until)}`]),
        ...(filter.by ? [`by_name = any(${parameters.add(filter.by)})`] : []),
        ...(actions ? [`action = any(${parameters.add(actions)})`] : []),
        ...(filter.callId === undefined
          ? []
          : [`call_digest = ${parameters.add(callDigest(filter.callId))}`]),
      ];
      const rows = await reads.rows<AuditRow & QueryResultRow>({
        text: `${selectFrom(auditLog)} where ${conditions.join(' and ')}
          order by seq ${direction} limit ${parameters.add(readLimit(page))}`,
        values: parameters.values,
      });
      return toPage(rows.map(toEntry), page);
    },
  };
}

const toEntry = ({ seq, at, by, action, call, details }: AuditRow): StoredAuditEntry => ({
  seq,
  at,
  by,
  action,
  call: call === '' ? null : call,
  details: details === null ? null : (JSON.parse(details) as Record<string, unknown>),
});
