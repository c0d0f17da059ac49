/** Controls for listening to a live call: start, stop and the volume of each party. Listening continues on other pages. */
import { useSyncExternalStore } from 'react';
import { useListening, useListeningSession } from '../listening/listening-context.tsx';
import type { ListeningCall, ListeningSession } from '../listening/listening.ts';
import { useHasScope } from '../session/session-context.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { CHANNEL_PARTIES, SAMPLE_RATE } from './listen-protocol.ts';
import type { ListenStatus } from './listener.ts';
import { VolumeRow } from './volume-row.tsx';
import './listen.css';

const STATUS_LABELS = {
  idle: '',
  connecting: 'Connecting…',
  playing: 'Listening',
  ended: 'Call ended',
  failed: 'Not listening',
} as const satisfies Record<ListenStatus, string>;

interface ListenPanelProps extends ListeningCall {
  /** Null while the call has no audio. */
  readonly listenUrl: string | null | undefined;
}

export function ListenPanel({ callId, name, listenUrl }: ListenPanelProps) {
  const canListen = useHasScope('LISTEN');
  const session = useListeningSession();
  return (
    <section className="card" aria-labelledby="listen-title">
      <h2 id="listen-title">Listen</h2>
      {!canListen ? (
        <p className="muted">
          <Icon name="lock" /> Your token lacks the scope <code>listen</code>.
        </p>
      ) : session?.callId === callId ? (
        <Session session={session} />
      ) : listenUrl == null ? (
        <p className="muted">This call has no audio yet.</p>
      ) : (
        <Start callId={callId} name={name} />
      )}
    </section>
  );
}

function Start(call: ListeningCall) {
  const listening = useListening();
  useShortcuts({ listen: () => void listening.start(call) });
  return (
    <>
      <div className="listen-row">
        <Button kind="primary" onClick={() => void listening.start(call)}>
          <Icon name="headphones" />
          Listen in
        </Button>
      </div>
      <Hint />
    </>
  );
}

function Session({
  session: { callId, name, listener, isReconnecting },
}: {
  readonly session: ListeningSession;
}) {
  const listening = useListening();
  const { status, error, report, lostMs } = useSyncExternalStore(listener.subscribe, listener.state);
  const isOn = status === 'playing' || status === 'connecting' || isReconnecting;
  return (
    <>
      <div className="listen-row">
        <Button
          kind={isOn ? 'plain' : 'primary'}
          onClick={() => (isOn ? listening.stop() : void listening.start({ callId, name }))}
        >
          <Icon name="headphones" />
          {isOn ? 'Stop listening' : 'Listen in'}
        </Button>
        <span role="status" className="listen-status" data-status={status}>
          {isReconnecting ? 'Reconnecting…' : STATUS_LABELS[status]}
        </span>
      </div>
      {status === 'failed' && error !== undefined && <p className="form-error">{error}</p>}
      <Hint />
      {CHANNEL_PARTIES.map((party) => (
        <VolumeRow key={party} listener={listener} party={party} />
      ))}
      {status === 'playing' && report && (
        <p className="faint listen-report">
          {toMs(report.buffered)} ms buffered
          {report.underruns > 0 && ` · ${report.underruns} ${report.underruns === 1 ? 'gap' : 'gaps'}`}
          {lostMs + toMs(report.dropped) > 0 && ` · ${lostMs + toMs(report.dropped)} ms dropped`}
        </p>
      )}
    </>
  );
}

function Hint() {
  return (
    <p className="listen-hint">
      <Icon name="volume" size={16} />
      Listen only. No audio is sent to the call.
    </p>
  );
}

const toMs = (samples: number): number => Math.round((samples * 1000) / SAMPLE_RATE);
