/** The next entries of the audit log, whose hashes continue those of `store/audit/log.ts`. */
import type { AuditEntry } from '../../../access/audit.ts';
import { callDigest, decodeLink, HEAD, hashOf, START, type AuditRow, type Link } from '../../audit/log.ts';
import { storable } from '../statements.ts';

export interface Chain {
  readonly rows: readonly AuditRow[];
  /** The row of `meta` with the last entry. */
  readonly head: { readonly key: string; readonly value: string };
}

/** Returns the rows of entries after the last one, which the transaction has locked. */
export function chainOf(last: string | undefined, entries: readonly AuditEntry[]): Chain {
  let link: Link = decodeLink(last) ?? START;
  const rows = entries.map((entry): AuditRow => {
    const row = {
      seq: link.seq + 1,
      at: entry.at,
      // As it is stored, or its hash would not match.
      by: storable(entry.by),
      action: entry.action,
      call: 'callId' in entry ? callDigest(entry.callId) : '',
      details: 'details' in entry ? JSON.stringify(entry.details) : null,
    };
    const hash = hashOf(row, link.hash);
    link = { seq: row.seq, hash };
    return { ...row, hash };
  });
  return { rows, head: { key: HEAD, value: `${link.seq} ${link.hash}` } };
}
