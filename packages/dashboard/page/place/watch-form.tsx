/** Watches a live call by the provider's id, and opens its page when the daemon knows it. */
import { useEffect, useState, type FormEvent } from 'react';
import { useMutation } from 'urql';
import { useLocation } from 'wouter';
import { toApiError, toSentence } from '../api/errors.ts';
import { usePolledQuery } from '../api/use-polled-query.ts';
import { REMEDIES } from '../call/controls/command-labels.ts';
import { Button } from '../ui/button.tsx';
import { fieldText } from '../ui/form/form-text.ts';
import { CALL_BY_PROVIDER_ID, WATCH_CALL, type CallingProvider } from './documents.ts';

interface Watched {
  readonly providerId: string;
  readonly providerCallId: string;
}

export function WatchForm({ providers }: { readonly providers: readonly CallingProvider[] }) {
  const [, navigate] = useLocation();
  const [{ data, error, fetching }, watchCall] = useMutation(WATCH_CALL);
  const [watched, setWatched] = useState<Watched>();

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const input = {
      providerId: fieldText(form, 'provider'),
      providerCallId: fieldText(form, 'call'),
    };
    if (input.providerCallId === '') return;
    setWatched(undefined);
    const { data: result } = await watchCall({ input });
    if (!result) return;
    const { call, failure } = result.watchCall;
    if (call) navigate(`/calls/${call.id}`);
    else if (!failure) setWatched(input);
  }

  const failure = data?.watchCall.failure;
  const message = error
    ? toApiError(error).message
    : failure && `${toSentence(failure.message)} ${REMEDIES[failure.code]}`;
  return (
    <section className="card" aria-labelledby="watch-title">
      <h2 id="watch-title">Watch a call</h2>
      <p className="muted">
        A call that another application controls, and that the provider has not reported to this daemon.
      </p>
      <form className="form-row" onSubmit={(event) => void submit(event)}>
        <label className="field">
          <span>Provider of the call</span>
          <select name="provider">
            {providers.map(({ id, displayName }) => (
              <option key={id} value={id}>
                {displayName}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>The provider’s id of the call</span>
          <input name="call" required autoComplete="off" maxLength={500} />
        </label>
        <Button type="submit" isBusy={fetching}>
          Watch call
        </Button>
      </form>
      {message && (
        <p className="form-error" role="alert">
          {message}
        </p>
      )}
      {watched && !message && <Waiting watched={watched} />}
    </section>
  );
}

const POLL_MS = 2000;

/** Opens the call as soon as the provider has reported it. */
function Waiting({ watched }: { readonly watched: Watched }) {
  const [, navigate] = useLocation();
  const [{ data }] = usePolledQuery({ query: CALL_BY_PROVIDER_ID, variables: { ...watched } }, POLL_MS);
  const id = data?.callByProviderId?.id;
  useEffect(() => {
    if (id !== undefined) navigate(`/calls/${id}`);
  }, [id, navigate]);
  return <p role="status">The provider was asked. The page of the call opens with its first event.</p>;
}
