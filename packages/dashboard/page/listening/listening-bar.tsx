/** The bar on all pages while the user listens to a call: its name, the volumes, stop. */
import { useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { CHANNEL_PARTIES } from '../listen/listen-protocol.ts';
import type { ListenStatus } from '../listen/listener.ts';
import { VolumeRow } from '../listen/volume-row.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useListening } from './listening-context.tsx';
import type { ListeningSession } from './listening.ts';
import './listening-bar.css';

const STATUS_TEXTS = {
  idle: 'Not listening to',
  connecting: 'Connecting to',
  playing: 'Listening to',
  ended: 'Call ended:',
  failed: 'Not listening to',
} as const satisfies Record<ListenStatus, string>;

export default function ListeningBar({ session }: { readonly session: ListeningSession }) {
  const { callId, name, listener, isReconnecting } = session;
  const listening = useListening();
  const { status, error } = useSyncExternalStore(listener.subscribe, listener.state);
  const canRetry = status === 'failed' && !isReconnecting;
  return (
    <section className="listening-bar" aria-label="Listening">
      <Icon name="headphones" />
      <p role="status" className="listening-text">
        {isReconnecting ? 'Reconnecting to' : STATUS_TEXTS[status]}{' '}
        <Link href={`/calls/${callId}`}>
          <bdi>{name}</bdi>
        </Link>
        {canRetry && error !== undefined && <span className="form-error"> {error}</span>}
      </p>
      <div className="listening-volumes">
        {CHANNEL_PARTIES.map((party) => (
          <VolumeRow key={party} listener={listener} party={party} />
        ))}
      </div>
      {canRetry && <Button onClick={() => void listening.start({ callId, name })}>Try again</Button>}
      <Button onClick={listening.stop}>{status === 'ended' ? 'Close' : 'Stop listening'}</Button>
    </section>
  );
}
