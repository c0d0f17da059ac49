/** Shows whether the page is live, and for how long it has been disconnected. */
import { useSyncExternalStore } from 'react';
import type { ConnectionStatus } from '../api/connection.ts';
import type { Socket } from '../api/socket.ts';
import { Button } from '../ui/button.tsx';
import { Elapsed } from '../ui/clock.tsx';

const STATUS_LABELS = {
  connecting: 'Connecting…',
  live: 'Live',
  reconnecting: 'Reconnecting…',
  offline: 'No network',
  refused: 'Connection refused by the daemon',
} as const satisfies Record<ConnectionStatus, string>;

export function ConnectionBadge({ socket }: { readonly socket: Socket }) {
  const { status, since } = useSyncExternalStore(socket.connection.subscribe, socket.connection.state);
  const isDisconnected = status !== 'live' && status !== 'connecting';
  return (
    <div className="connection-badge" data-status={status}>
      <span role="status">
        <span className="connection-dot" aria-hidden="true" />
        {STATUS_LABELS[status]}
      </span>
      {isDisconnected && (
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
