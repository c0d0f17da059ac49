/** Warnings about providers that are not running normally: their calls may be missing from the board. */
import { useEffect } from 'react';
import { useQuery } from 'urql';
import type { EnumOf } from '../api/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { PROVIDERS } from './documents.ts';

/** The API has no subscription for the state of providers. */
const POLL_MS = 15_000;

const STATE_TEXTS = {
  RUNNING: undefined,
  STARTING: 'is starting',
  DEGRADED: 'is degraded',
  FAILED: 'has failed',
  STOPPED: 'is stopped',
} as const satisfies Record<EnumOf<'ProviderState'>, string | undefined>;

export function ProviderWarnings() {
  const [{ data }, refetch] = useQuery({ query: PROVIDERS, requestPolicy: 'cache-and-network' });
  useEffect(() => {
    const timer = setInterval(() => refetch({ requestPolicy: 'network-only' }), POLL_MS);
    return () => clearInterval(timer);
  }, [refetch]);
  const affected = data?.providers.filter(({ state }) => STATE_TEXTS[state] !== undefined) ?? [];
  return (
    <ul className="board-warnings" aria-live="polite">
      {affected.map(({ id, displayName, state, stateMessage }) => (
        <li key={id}>
          <Icon name="warning" />
          <span>
            <strong>{displayName}</strong> {STATE_TEXTS[state]}
            {stateMessage === null ? '.' : `: ${stateMessage}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
