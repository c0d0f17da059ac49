/** The board while no call is live: what each provider sent last. */
import { Link } from 'wouter';
import { usePolledQuery } from '../api/use-polled-query.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Text } from '../ui/text/text.tsx';
import { PROVIDERS } from './documents.ts';
import { trafficText } from './provider-traffic.ts';

/** The API has no subscription for the traffic of providers. */
const POLL_MS = 15_000;

export default function NoCalls() {
  const [{ data }] = usePolledQuery({ query: PROVIDERS, variables: {} }, POLL_MS);
  if (data?.providers.length === 0) {
    return (
      <EmptyState title="No provider is configured">
        Add one under <code>providers</code> in the configuration of the daemon and restart it.
      </EmptyState>
    );
  }
  return (
    <div className="board-empty">
      <EmptyState title="No live calls" next={{ href: '/history', label: 'Search past calls' }}>
        Calls appear here as soon as a provider reports them. You do not need to reload the page.
      </EmptyState>
      {data && (
        <ul className="board-traffic muted" aria-label="Providers">
          {data.providers.map((provider) => (
            <li key={provider.id}>
              <Link href="/providers">
                <Text>{provider.displayName}</Text>
              </Link>
              : {trafficText(provider, Date.now())}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
