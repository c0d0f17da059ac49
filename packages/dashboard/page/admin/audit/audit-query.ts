/** The filters of the audit log in the URL, and its entries as CSV. Pure. */
import { ACTION_LABELS, OUTCOME_LABELS } from './audit-labels.ts';
import { csvText } from '../../ui/files/csv.ts';
import { localDay } from '../../ui/form/local-day.ts';
import type { AuditEntry, AuditFilter } from './documents.ts';

/** All parts are strings; an empty string means no restriction. */
export interface AuditQuery {
  readonly action: string;
  readonly by: string;
  readonly call: string;
  readonly outcome: string;
  /** Local days such as `2026-01-31`, both inclusive. */
  readonly from: string;
  readonly to: string;
}

export const EMPTY_AUDIT_QUERY: AuditQuery = { action: '', by: '', call: '', outcome: '', from: '', to: '' };
const KEYS = Object.keys(EMPTY_AUDIT_QUERY) as (keyof AuditQuery)[];

export function parseAuditQuery(search: string): AuditQuery {
  const params = new URLSearchParams(search);
  const query = Object.fromEntries(KEYS.map((key) => [key, params.get(key) ?? ''])) as Record<
    keyof AuditQuery,
    string
  >;
  return {
    ...query,
    action: Object.hasOwn(ACTION_LABELS, query.action) ? query.action : '',
    outcome: Object.hasOwn(OUTCOME_LABELS, query.outcome) ? query.outcome : '',
  };
}

export function formatAuditQuery(query: AuditQuery): string {
  const params = new URLSearchParams();
  for (const key of KEYS) if (query[key].trim() !== '') params.set(key, query[key].trim());
  return params.toString();
}

/** Invalid days are ignored. */
export function toAuditFilter({ action, by, call, outcome, from, to }: AuditQuery): AuditFilter {
  const [since, until] = [localDay(from, 0), localDay(to, 1)];
  return {
    ...(action !== '' && { actions: [action as AuditEntry['action']] }),
    ...(by !== '' && { by: [by] }),
    ...(call !== '' && { callId: call }),
    ...(outcome !== '' && { outcome: outcome as AuditEntry['outcome'] }),
    ...(since && { since: since.toISOString() }),
    ...(until && { until: until.toISOString() }),
  };
}

/** The details of an entry as `name: value`, without those that are empty. */
export function detailsText(details: unknown): string {
  if (typeof details !== 'object' || details === null) return '';
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

export const auditCsv = (entries: readonly AuditEntry[]): string =>
  csvText(
    ['seq', 'at', 'by', 'action', 'outcome', 'callDigest', 'details'],
    entries.map(({ seq, at, by, action, outcome, callDigest, details }) => [
      String(seq),
      at,
      by,
      action,
      outcome,
      callDigest ?? '',
      details === null ? '' : JSON.stringify(details),
    ]),
  );
