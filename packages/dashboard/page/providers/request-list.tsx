/** The last requests and sockets between a provider and the daemon that failed, and all others on request. */
import { useState } from 'react';
import { dateTimeText } from '../ui/format.ts';
import type { RecentRequest } from './documents.ts';
import { failedOf, resultText } from './request-text.ts';

export function RequestList({ requests }: { readonly requests: readonly RecentRequest[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const failed = failedOf(requests);
  const shown = showsAll ? requests : failed;
  return (
    <details className="collapsible" open={failed.length > 0}>
      <summary>Failed requests: {failed.length.toLocaleString()}</summary>
      <label className="check">
        <input type="checkbox" checked={showsAll} onChange={({ target }) => setShowsAll(target.checked)} />
        <span>Show all {requests.length.toLocaleString()} recent requests</span>
      </label>
      {shown.length === 0 ? (
        <p className="muted">No request has failed recently.</p>
      ) : (
        <table className="data-table provider-requests">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Request</th>
              <th scope="col">Result</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((request, i) => (
              // Requests have no id.
              <Row key={`${request.at} ${i}`} request={request} />
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

function Row({ request }: { readonly request: RecentRequest }) {
  const { at, direction, kind, method, path, messageType, code, reason, remedy } = request;
  return (
    <tr>
      <td data-label="Time">{dateTimeText(at, Date.now())}</td>
      <td data-label="Request">
        {direction === 'RECEIVED' ? 'From the provider' : 'To the provider'}
        {kind === 'SOCKET' && ', socket'}: {method} <code>{path}</code>
        {messageType !== null && <span className="muted"> {messageType}</span>}
      </td>
      <td data-label="Result">{resultText(request)}</td>
      <td data-label="Reason">
        {reason}
        {code !== null && (
          <>
            {' '}
            <code>{code}</code>
          </>
        )}
        {remedy !== null && <span className="muted"> {remedy}</span>}
      </td>
    </tr>
  );
}
