/** The entries of the audit log, newest first. */
import { ACTION_LABELS, OUTCOME_LABELS } from './audit-labels.ts';
import { detailsText } from './audit-query.ts';
import type { AuditEntry } from './documents.ts';

export function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Action</th>
          <th scope="col">By</th>
          <th scope="col">Outcome</th>
          <th scope="col">Details</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Row key={entry.seq} entry={entry} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ entry: { at, action, by, outcome, callDigest, details } }: { readonly entry: AuditEntry }) {
  return (
    <tr>
      <td data-label="Time">
        <time dateTime={at}>{new Date(at).toLocaleString()}</time>
      </td>
      <td data-label="Action">{ACTION_LABELS[action]}</td>
      <td data-label="By">{by}</td>
      <td data-label="Outcome">{OUTCOME_LABELS[outcome]}</td>
      <td data-label="Details">
        {detailsText(details)}
        {callDigest !== null && (
          <span className="faint" title={callDigest}>
            {' '}
            call {callDigest.slice(0, 12)}…
          </span>
        )}
      </td>
    </tr>
  );
}
