/** Says whether what is shown is live, and since when it is not. */
import { useSyncExternalStore } from 'react';
import type { ConnectionStatus } from '../api/connection.ts';
import type { Socket } from '../api/socket.ts';
import { Button } from '../ui/button.tsx';
import { Elapsed } from '../ui/clock.tsx';

const WORDS = {
  connecting: 'Connecting…',
  live: 'Live',
  reconnecting: 'Not live – reconnecting',
  offline: 'Not live – no network',
  refused: 'Not live – the daemon refused the connection',
} as const satisfies Record<ConnectionStatus, string>;

export function ConnectionBadge({ socket }: { readonly socket: Socket }) {
  const { status, since } = useSyncExternalStore(socket.connection.subscribe, socket.connection.state);
  const isCut = status !== 'live' && status !== 'connecting';
  return (
    <div className="connection-badge" data-status={status}>
      <span role="status">
        <span className="connection-dot" aria-hidden="true" />
        {WORDS[status]}
      </span>
      {isCut && (
        <>
          <Elapsed className="connection-since" since={since} />
          <Button kind="quiet" onClick={status === 'refused' ? () => location.reload() : socket.retryNow}>
            {status === 'refused' ? 'Reload' : 'Retry now'}
          </Button>
        </>
      )}
    </div>
  );
}
