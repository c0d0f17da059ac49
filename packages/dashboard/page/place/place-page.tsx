/** Places a call, or watches a live call that another application controls. */
import { useQuery } from 'urql';
import { toApiError } from '../api/errors.ts';
import { useHasScope } from '../session/session-context.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { MissingScope } from '../ui/missing-scope.tsx';
import { useTitle } from '../ui/use-title.ts';
import '../ui/page.css';
import { CALLING_PROVIDERS, type CallingProvider } from './documents.ts';
import { PlaceForm } from './place-form.tsx';
import { WatchForm } from './watch-form.tsx';
import './place.css';

export default function PlacePage() {
  useTitle('Place a call');
  const canControl = useHasScope('CONTROL');
  return (
    <div className="page place">
      <h1>Place a call</h1>
      {canControl ? <Forms /> : <MissingScope scope="control">You cannot place or watch calls.</MissingScope>}
    </div>
  );
}

function Forms() {
  const [{ data, error }, refetch] = useQuery({
    query: CALLING_PROVIDERS,
    requestPolicy: 'cache-and-network',
  });
  if (!data)
    return error ? (
      <ErrorState error={toApiError(error)} onRetry={() => refetch({ requestPolicy: 'network-only' })} />
    ) : (
      <Loading label="Loading providers…" />
    );
  const calling = data.providers.filter(({ capabilities }) => capabilities.includes('PLACE_CALL'));
  return (
    <>
      {calling.length > 0 ? <PlaceForm providers={calling} /> : <NoProvider providers={data.providers} />}
      <WatchForm providers={data.providers} />
    </>
  );
}

function NoProvider({ providers }: { readonly providers: readonly CallingProvider[] }) {
  const names = providers.map(({ displayName }) => displayName).join(', ');
  return (
    <p className="muted">
      No provider of this daemon can place calls.{' '}
      {names === ''
        ? 'None is configured.'
        : `Configured: ${names}. A provider may need more options for it.`}
    </p>
  );
}
