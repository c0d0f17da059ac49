/** The providers page: each provider and transcriber with its state, its traffic and what to enter at the provider. */
import { useState } from 'react';
import { toApiError } from '../api/errors.ts';
import { usePolledQuery } from '../api/use-polled-query.ts';
import { useHasScope } from '../session/session-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { useTitle } from '../ui/use-title.ts';
import '../ui/page.css';
import { PROVIDERS, type Providers } from './documents.ts';
import { PluginHeading } from './plugin-heading.tsx';
import { ProviderCard } from './provider-card.tsx';
import './providers.css';

/** The API has no subscription for the state of providers. */
const POLL_MS = { idle: 10_000, importing: 2000 };

export default function ProvidersPage() {
  useTitle('Providers');
  const isAdmin = useHasScope('ADMIN');
  const [isImporting, setImporting] = useState(false);
  const interval = POLL_MS[isImporting ? 'importing' : 'idle'];
  const [{ data, error }, refetch] = usePolledQuery({ query: PROVIDERS, variables: { isAdmin } }, interval);
  const isRunning = data?.backfills.some(({ state }) => state === 'RUNNING') ?? false;
  if (isRunning !== isImporting) setImporting(isRunning);
  const retry = (): void => refetch({ requestPolicy: 'network-only' });
  return (
    <div className="page">
      <h1>Providers</h1>
      {data ? (
        <Lists providers={data} onChange={retry} />
      ) : error ? (
        <ErrorState error={toApiError(error)} onRetry={retry} />
      ) : (
        <Loading label="Loading providers…" />
      )}
    </div>
  );
}

interface ListsProps {
  readonly providers: Providers;
  readonly onChange: () => void;
}

function Lists({ providers: { providers, transcribers, backfills }, onChange }: ListsProps) {
  if (providers.length === 0 && transcribers.length === 0) {
    return (
      <EmptyState title="No providers configured">
        Add a provider to <code>providers</code> in the configuration file and restart the daemon.
      </EmptyState>
    );
  }
  return (
    <>
      {providers.map((provider) => (
        <ProviderCard
          key={provider.id}
          provider={provider}
          backfill={backfills.find((each) => each.provider.id === provider.id)}
          onChange={onChange}
        />
      ))}
      <h2 className="providers-title">Transcribers</h2>
      {transcribers.length === 0 && (
        <p className="muted">
          No transcriber is configured. Transcripts are those of the providers. To transcribe the audio of
          calls, add one to <code>transcribers</code> in the configuration file.
        </p>
      )}
      {transcribers.map((transcriber) => (
        <section key={transcriber.id} className="card" aria-labelledby={`transcriber-${transcriber.id}`}>
          <PluginHeading id={`transcriber-${transcriber.id}`} level={3} part={transcriber} />
        </section>
      ))}
    </>
  );
}
