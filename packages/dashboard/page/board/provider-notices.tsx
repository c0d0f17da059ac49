/** Providers that do not run as they should: their calls may be missing from the board. */
import { useEffect } from 'react';
import { useQuery } from 'urql';
import type { EnumOf } from '../api/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { PROVIDERS } from './documents.ts';

/** No subscription tells of a provider's state. */
const ASK_MS = 15_000;

const WORDS = {
  RUNNING: undefined,
  STARTING: 'is starting',
  DEGRADED: 'does not work as it should',
  FAILED: 'does not work',
  STOPPED: 'is stopped',
} as const satisfies Record<EnumOf<'ProviderState'>, string | undefined>;

export function ProviderNotices() {
  const [{ data }, ask] = useQuery({ query: PROVIDERS, requestPolicy: 'cache-and-network' });
  useEffect(() => {
    const timer = setInterval(() => ask({ requestPolicy: 'network-only' }), ASK_MS);
    return () => clearInterval(timer);
  }, [ask]);
  const troubled = data?.providers.filter(({ state }) => WORDS[state] !== undefined) ?? [];
  return (
    <ul className="board-notices" aria-live="polite">
      {troubled.map(({ id, displayName, state, stateMessage }) => (
        <li key={id}>
          <Icon name="warning" />
          <span>
            <strong>{displayName}</strong> {WORDS[state]}
            {stateMessage === null ? '.' : `: ${stateMessage}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
