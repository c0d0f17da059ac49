/** The player for the recording of an ended call. */
import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { callLink } from '../call/call-link.ts';
import type { Call } from '../call/documents.ts';
import { useWaveform } from '../levels/use-waveform.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/clipboard/copy-button.tsx';
import { durationText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { RATES, type Playback, type PlaybackState } from './playback.ts';
import { SeekBar } from './seek-bar.tsx';
import type { Playable } from './use-playback.ts';
import './player.css';

interface PlayerProps {
  readonly call: Pick<Call, 'id' | 'answeredAt' | 'endedAt'>;
  readonly playable: Playable;
  /** The positions of notes, ms from the answer. */
  readonly marks: readonly number[];
}

export function Player({ call, playable, marks }: PlayerProps) {
  if (playable.status === 'forbidden') {
    return (
      <Unavailable>
        <Icon name="lock" /> Your token lacks the scope <code>listen</code>. You cannot play the recording.
      </Unavailable>
    );
  }
  if (playable.status === 'failed') return <Unavailable>{playable.error.message}</Unavailable>;
  if (playable.status === 'none') {
    return (
      <Unavailable>
        This call was not recorded. To record calls, set <code>recording.enabled</code> in the configuration
        of the daemon.
      </Unavailable>
    );
  }
  if (playable.status === 'ready') {
    return <RecordingPlayer call={call} playback={playable.playback} marks={marks} />;
  }
  return <Unavailable>Loading the recording…</Unavailable>;
}

function Unavailable({ children }: { readonly children: ReactNode }) {
  return (
    <section className="audio-panel" aria-label="Playback">
      <p className="muted">{children}</p>
    </section>
  );
}

interface RecordingPlayerProps extends Pick<PlayerProps, 'call' | 'marks'> {
  readonly playback: Playback;
}

function RecordingPlayer({ call, playback, marks }: RecordingPlayerProps) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => playback.attach(element.current!), [playback]);
  const waveform = useWaveform(call.id, call.answeredAt, call.endedAt);
  useShortcuts({ playPause: () => (playback.state().isPlaying ? playback.pause() : playback.play()) });
  return (
    <section className="audio-panel player" aria-label="Playback">
      {/* The transcript serves as captions. */}
      <audio ref={element} />
      <PlayerControls playback={playback} />
      <SeekBar playback={playback} waveform={waveform} marks={marks} />
      <Clock callId={call.id} playback={playback} />
    </section>
  );
}

function PlayerControls({ playback }: { readonly playback: Playback }) {
  const state = useSyncExternalStore(playback.subscribe, playback.state);
  const { isPlaying, rate, status } = state;
  return (
    <div className="player-controls">
      <Button
        kind="primary"
        className="player-play"
        isBusy={status === 'loading'}
        onClick={isPlaying ? playback.pause : playback.play}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
        {isPlaying ? 'Pause' : 'Play'}
      </Button>
      <Button
        aria-label="−5 s: back 5 seconds"
        title="Back 5 seconds"
        onClick={() => playback.seek(playback.positionMs() - 5000)}
      >
        −5 s
      </Button>
      <select
        aria-label="Playback speed"
        value={rate}
        onChange={({ target }) => playback.setRate(Number(target.value))}
      >
        {RATES.map((each) => (
          <option key={each} value={each}>
            {each}×
          </option>
        ))}
      </select>
      <span className="player-status" role="status">
        {statusText(state)}
      </span>
    </div>
  );
}

function statusText({ status, error }: PlaybackState): string {
  if (status === 'failed') return error ?? '';
  if (status === 'loading') return 'Loading…';
  return '';
}

interface ClockProps {
  readonly callId: string;
  readonly playback: Playback;
}

/** The position, and a link to it. */
function Clock({ callId, playback }: ClockProps) {
  const seconds = useSyncExternalStore(playback.subscribe, () =>
    Math.max(0, Math.floor(playback.positionMs() / 1000)),
  );
  const { toMs } = useSyncExternalStore(playback.subscribe, playback.sync);
  return (
    <>
      <span className="player-clock" aria-hidden="true">
        <strong>{durationText(seconds * 1000)}</strong>
        <span className="faint"> / {durationText(toMs)}</span>
      </span>
      <CopyButton text={callLink(callId, { at: seconds })} label="Copy link" what="to this moment" />
    </>
  );
}
