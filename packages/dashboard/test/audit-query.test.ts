import { expect, test } from 'vitest';
import {
  auditCsv,
  detailsText,
  EMPTY_AUDIT_QUERY,
  formatAuditQuery,
  parseAuditQuery,
  toAuditFilter,
} from '../page/admin/audit/audit-query.ts';

test('the filters round-trip through the URL, without unknown values', () => {
  const query = { ...EMPTY_AUDIT_QUERY, action: 'ERASE', by: 'ops', outcome: 'DONE', from: '2026-01-31' };
  expect(parseAuditQuery(formatAuditQuery(query))).toEqual(query);
  expect(parseAuditQuery('action=OTHER&outcome=x')).toEqual(EMPTY_AUDIT_QUERY);
});

test('days are local and inclusive', () => {
  const query = { ...EMPTY_AUDIT_QUERY, action: 'EXPORT', from: '2026-01-31', to: '2026-01-31' };
  expect(toAuditFilter(query)).toEqual({
    actions: ['EXPORT'],
    since: new Date(2026, 0, 31).toISOString(),
    until: new Date(2026, 1, 1).toISOString(),
  });
});

test('details are shown as names and values', () => {
  expect(detailsText({ calls: 2, format: 'csv', none: null, of: { a: 1 } })).toBe(
    'calls: 2, format: csv, of: {"a":1}',
  );
  expect(detailsText(null)).toBe('');
});

test('the CSV quotes details, and has no cell that a spreadsheet executes', () => {
  const entry = {
    seq: 1,
    at: '2026-01-31T00:00:00.000Z',
    action: 'EXPORT',
    outcome: 'DONE',
    callDigest: null,
  } as const;
  const csv = auditCsv([{ ...entry, by: '=cmd', details: { format: 'csv' } }]);
  expect(csv).toBe(
    'seq,at,by,action,outcome,callDigest,details\r\n' +
      `1,2026-01-31T00:00:00.000Z,'=cmd,EXPORT,DONE,,"{""format"":""csv""}"\r\n`,
  );
});
