/** The calls with a legal hold. */
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Link } from 'wouter';
import { toApiError } from '../../api/errors.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { dateTimeText } from '../../ui/format.ts';
import { partiesOf } from '../../ui/parties.ts';
import { HELD_CALLS, RELEASE_HOLD, type HeldCall } from './documents.ts';

const PAGE_SIZE = 50;

export function HeldCalls() {
  // Grows by a page each time; the list is short in practice.
  const [first, setFirst] = useState(PAGE_SIZE);
  const [{ data, error, fetching }, refetch] = useQuery({
    query: HELD_CALLS,
    variables: { first, after: null },
    requestPolicy: 'cache-and-network',
  });
  const [released, releaseHold] = useMutation(RELEASE_HOLD);
  const [releasing, setReleasing] = useState<HeldCall>();
  const calls = data?.calls.nodes.filter(({ hold }) => hold !== null) ?? [];
  const failure = error ?? released.error;
  return (
    <section className="card" aria-labelledby="holds-title">
      <h2 id="holds-title">Legal holds</h2>
      {failure && (
        <p className="form-error" role="alert">
          {toApiError(failure).message}
        </p>
      )}
      {data && calls.length === 0 && (
        <p className="muted">No call has a legal hold. Place one on the page of a call.</p>
      )}
      {calls.length > 0 && (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Call</th>
              <th scope="col">Since</th>
              <th scope="col">Reason</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <Row key={call.id} call={call} onRelease={() => setReleasing(call)} />
            ))}
          </tbody>
        </table>
      )}
      {data?.calls.pageInfo.hasNextPage && (
        <div>
          <Button isBusy={fetching} onClick={() => setFirst(first + PAGE_SIZE)}>
            Show more
          </Button>
        </div>
      )}
      {releasing && (
        <ConfirmDialog
          title="Release the legal hold?"
          action="Release hold"
          onConfirm={() =>
            void releaseHold({ callId: releasing.id }).then(() => refetch({ requestPolicy: 'network-only' }))
          }
          onClose={() => setReleasing(undefined)}
        >
          The call with {partiesOf(releasing).customer} can then be erased, and retention removes its data
          when it is due.
        </ConfirmDialog>
      )}
    </section>
  );
}

function Row({ call, onRelease }: { readonly call: HeldCall; readonly onRelease: () => void }) {
  const { id, createdAt, provider, hold } = call;
  const { customer } = partiesOf(call);
  const now = Date.now();
  return (
    <tr>
      <th scope="row">
        <Link href={`/calls/${id}`}>{customer}</Link>{' '}
        <span className="faint">
          {provider.displayName}, {dateTimeText(createdAt, now)}
        </span>
      </th>
      <td data-label="Since">{hold && `${dateTimeText(hold.since, now)} by ${hold.by}`}</td>
      <td data-label="Reason" dir="auto">
        {hold?.reason ?? '–'}
      </td>
      <td>
        <Button onClick={onRelease}>
          Release
          <span className="visually-hidden"> the hold of the call with {customer}</span>
        </Button>
      </td>
    </tr>
  );
}
