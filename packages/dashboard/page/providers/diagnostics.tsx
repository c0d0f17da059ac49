/** Checks the configuration at a provider on request, because each check sends requests to the provider. */
import { useQuery } from 'urql';
import { toApiError } from '../api/errors.ts';
import { Button } from '../ui/button.tsx';
import { asSentence, dateTimeText } from '../ui/format.ts';
import { DIAGNOSTICS, type Report } from './documents.ts';
import { CHECK_STATE_LABELS } from './labels.ts';
import { capitalised } from './request-text.ts';

export function Diagnostics({ providerId }: { readonly providerId: string }) {
  const [{ data, error, fetching }, check] = useQuery({
    query: DIAGNOSTICS,
    variables: { id: providerId },
    pause: true,
  });
  const report = data?.provider?.diagnostics;
  return (
    <section aria-label="Configuration" className="provider-checks">
      <Button isBusy={fetching} onClick={() => check({ requestPolicy: 'network-only' })}>
        Check configuration
      </Button>
      <div role="status">
        {error && <p className="form-error">{toApiError(error).message}</p>}
        {report === null && <p className="muted">This plugin cannot check its configuration.</p>}
        {report && <Results report={report} />}
      </div>
    </section>
  );
}

function Results({ report: { results, checkedAt } }: { readonly report: Report }) {
  return (
    <>
      <ul>
        {results.map(({ name, state, message, remedy }) => (
          <li key={name}>
            <span className="provider-state" data-state={state}>
              {CHECK_STATE_LABELS[state]}
            </span>
            <strong>{capitalised(name)}</strong>
            <span>
              {capitalised(asSentence(message))} {remedy}
            </span>
          </li>
        ))}
      </ul>
      <p className="faint">Checked: {dateTimeText(checkedAt, Date.now())}</p>
    </>
  );
}
