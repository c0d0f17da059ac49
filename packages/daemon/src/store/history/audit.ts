/** Reads pages of the audit log, newest first. */
import { and, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import { actionsOf, type AuditFilter, type StoredAuditEntry } from '../../history/audit-query.ts';
import { callDigest, type AuditRow } from '../audit/log.ts';
import { INTERRUPTION_POINT, type Db } from '../db.ts';
import { auditLog } from '../schema.ts';
import { keyset, readLimit, toPage } from './keyset.ts';
import type { HistoryReader } from './queries.ts';

export function createAuditPages(db: Db): Pick<HistoryReader, 'auditEntries'> {
  return {
    auditEntries(filter, page) {
      const [query] = keyset({ key: auditLog.seq, id: auditLog.seq, descending: true }, page);
      const rows = db
        .select()
        .from(auditLog)
        .where(and(conditionOf(filter), query?.where, INTERRUPTION_POINT))
        .orderBy(query!.orderBy[0])
        .limit(readLimit(page))
        .all();
      return toPage(rows.map(toEntry), page);
    },
  };
}

function conditionOf(filter: AuditFilter): SQL | undefined {
  const { since, until, by, callId } = filter;
  const actions = actionsOf(filter);
  return and(
    since === undefined ? undefined : gte(auditLog.at, since),
    until === undefined ? undefined : lt(auditLog.at, until),
    by && inArray(auditLog.by, [...by]),
    actions && inArray(auditLog.action, [...actions]),
    callId === undefined ? undefined : eq(auditLog.call, callDigest(callId)),
  );
}

const toEntry = ({ seq, at, by, action, call, details }: AuditRow): StoredAuditEntry => ({
  seq,
  at,
  by,
  action,
  call: call === '' ? null : call,
  details: details === null ? null : (JSON.parse(details) as Record<string, unknown>),
});
