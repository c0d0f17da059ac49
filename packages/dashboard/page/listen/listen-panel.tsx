/** Controls for listening to a live call: start, stop and the volume of each party. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { createUrlSource } from '../api/signed-url.ts';
import { useHasScope } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { PARTY_LABELS } from '../ui/labels.ts';
import { CHANNEL_PARTIES, SAMPLE_RATE, type ChannelParty } from './listen-protocol.ts';
import { SIGNED_LISTEN_URL } from './documents.ts';
import { createListener, type Listener, type ListenStatus } from './listener.ts';
import './listen.css';

const STATUS_LABELS = {
  idle: '',
  connecting: 'Connecting…',
  playing: 'Listening',
  ended: 'Call ended',
  failed: 'Not listening',
} as const satisfies Record<ListenStatus, string>;

interface ListenPanelProps {
  readonly callId: string;
  /** Null while the call has no audio. */
  readonly listenUrl: string | null | undefined;
}

export function ListenPanel({ callId, listenUrl }: ListenPanelProps) {
  const canListen = useHasScope('LISTEN');
  return (
    <section className="card" aria-labelledby="listen-title">
      <h2 id="listen-title">Listen</h2>
      {!canListen ? (
        <p className="muted">
          <Icon name="lock" /> Your token lacks the scope <code>listen</code>.
        </p>
      ) : listenUrl == null ? (
        <p className="muted">This call has no audio yet.</p>
      ) : (
        <ListenControls key={callId} callId={callId} />
      )}
    </section>
  );
}

function ListenControls({ callId }: { readonly callId: string }) {
  const client = useClient();
  const listener = useMemo(
    () =>
      createListener(
        createUrlSource({
          client,
          document: SIGNED_LISTEN_URL,
          callId,
          urlIn: (result) => result?.call?.signedListenUrl?.url,
          missing: 'The call has ended, or has no audio.',
        }),
      ),
    [callId, client],
  );
  useEffect(() => () => listener.stop(), [listener]);
  const { status, error, report, lostMs } = useSyncExternalStore(listener.subscribe, listener.state);
  const isOn = status === 'playing' || status === 'connecting';
  return (
    <>
      <div className="listen-row">
        <Button
          kind={isOn ? 'plain' : 'primary'}
          onClick={() => (isOn ? listener.stop() : void listener.start())}
        >
          <Icon name="headphones" />
          {isOn ? 'Stop listening' : 'Listen in'}
        </Button>
        <span role="status" className="listen-status" data-status={status}>
          {STATUS_LABELS[status]}
        </span>
      </div>
      {status === 'failed' && error !== undefined && <p className="form-error">{error}</p>}
      <p className="listen-hint">
        <Icon name="volume" size={16} />
        Listen only. No audio is sent to the call.
      </p>
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

const toMs = (samples: number): number => Math.round((samples * 1000) / SAMPLE_RATE);

function VolumeRow({ listener, party }: { readonly listener: Listener; readonly party: ChannelParty }) {
  const { volume, isMuted } = useSyncExternalStore(listener.subscribe, listener.state).volumes[party];
  const name = PARTY_LABELS[party];
  return (
    <div className="listen-volume">
      <span className="party-name" data-party={party}>
        {name}
      </span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={volume}
        aria-label={`Volume of the ${name.toLowerCase()} in your headphones`}
        onChange={({ target }) => listener.setVolume(party, { volume: Number(target.value), isMuted: false })}
      />
      <Button
        kind="icon"
        aria-pressed={isMuted}
        aria-label={`Mute the ${name.toLowerCase()} in your headphones`}
        onClick={() => listener.setVolume(party, { isMuted: !isMuted })}
      >
        <Icon name={isMuted ? 'volume-off' : 'volume'} />
      </Button>
    </div>
  );
}
