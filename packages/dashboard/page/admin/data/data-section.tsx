/** Stored data: what retention removes, legal holds, and the erasure of a number. */
import { toApiError } from '../../api/errors.ts';
import { usePolledQuery } from '../../api/use-polled-query.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { dateTimeText } from '../../ui/format.ts';
import { Loading } from '../../ui/loading.tsx';
import { STORED_DATA, type StoredData } from './documents.ts';
import { EraseNumberForm } from './erase-number-form.tsx';
import { HeldCalls } from './held-calls.tsx';
import { RETENTION_LABELS, spaceTexts } from './retention-text.ts';

const POLL_MS = 15_000;

export function DataSection() {
  const [{ data, error }, refetch] = usePolledQuery({ query: STORED_DATA }, POLL_MS);
  return (
    <>
      {data ? (
        <Retention data={data} />
      ) : error ? (
        <ErrorState error={toApiError(error)} onRetry={() => refetch({ requestPolicy: 'network-only' })} />
      ) : (
        <Loading label="Loading…" />
      )}
      <HeldCalls />
      <EraseNumberForm />
    </>
  );
}

function Retention({ data: { retention, erasurePending } }: { readonly data: StoredData }) {
  const { rules, ...space } = retention;
  const now = Date.now();
  return (
    <section className="card" aria-labelledby="retention-title">
      <h2 id="retention-title">Retention</h2>
      {erasurePending && (
        <p className="form-error" role="status">
          Content of erased calls may still be in the database file, because another program reads it. It is
          removed as soon as possible.
        </p>
      )}
      {rules.length === 0 ? (
        <p className="muted">
          Everything is kept. To remove old data, add <code>retention</code> to the configuration file.
        </p>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Data</th>
              <th scope="col">Removed after</th>
              <th scope="col">Providers</th>
              <th scope="col">Due now</th>
              <th scope="col">Removed since the start</th>
            </tr>
          </thead>
          <tbody>
            {rules.map(({ kind, days, providerIds, cutoff, backlog, removedCalls }) => (
              <tr key={`${kind} ${providerIds?.join(' ')}`}>
                <th scope="row">{RETENTION_LABELS[kind]}</th>
                <td data-label="Removed after">
                  {days} {days === 1 ? 'day' : 'days'}
                  <span className="faint"> (calls that ended before {dateTimeText(cutoff, now)})</span>
                </td>
                <td data-label="Providers">
                  {providerIds?.join(', ') ?? (isOnlyRule(kind, rules) ? 'all' : 'all others')}
                </td>
                <td data-label="Due now">{backlog.toLocaleString()}</td>
                <td data-label="Removed since the start">{removedCalls.toLocaleString()} calls</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {spaceTexts(space).map((text) => (
        <p key={text}>{text}</p>
      ))}
    </section>
  );
}

/** Whether no provider has a setting of its own. */
const isOnlyRule = (kind: string, rules: readonly { readonly kind: string }[]): boolean =>
  rules.filter((rule) => rule.kind === kind).length === 1;
