/** Hears a call that is over: play and pause, how fast, where. */
import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import type { Call } from '../call/documents.ts';
import { useWaveform } from '../levels/use-waveform.ts';
import { Button } from '../ui/button.tsx';
import { durationText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { RATES, type Playback, type PlaybackState } from './playback.ts';
import { SeekBar } from './seek-bar.tsx';
import type { Playable } from './use-playback.ts';
import './player.css';

export interface PlayerProps {
  readonly call: Pick<Call, 'id' | 'answeredAt' | 'endedAt'>;
  readonly playable: Playable;
  readonly marks: readonly number[];
}

export function Player({ call, playable, marks }: PlayerProps) {
  if (playable.status === 'forbidden') {
    return (
      <Silent>
        <Icon name="lock" /> Your token lacks the scope <code>listen</code>: what was recorded is not for you
        to hear.
      </Silent>
    );
  }
  if (playable.status === 'failed') return <Silent>{playable.error.message}</Silent>;
  if (playable.status === 'none') {
    return (
      <Silent>
        This call was not recorded. Calls are, with <code>recording.enabled</code> in the daemon's
        configuration.
      </Silent>
    );
  }
  if (playable.status === 'ready') {
    return <Ready call={call} playback={playable.playback} marks={marks} />;
  }
  return <Silent>Looking for the recording…</Silent>;
}

function Silent({ children }: { readonly children: ReactNode }) {
  return (
    <section className="audio-panel" aria-label="Playback">
      <p className="muted">{children}</p>
    </section>
  );
}

interface ReadyProps extends Pick<PlayerProps, 'call' | 'marks'> {
  readonly playback: Playback;
}

function Ready({ call, playback, marks }: ReadyProps) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => playback.attach(element.current!), [playback]);
  const waveform = useWaveform(call.id, call.answeredAt, call.endedAt);
  return (
    <section className="audio-panel player" aria-label="Playback">
      {/* What is said in it stands below, line by line. */}
      <audio ref={element} />
      <Deck playback={playback} />
      <SeekBar playback={playback} waveform={waveform} marks={marks} />
      <Clock playback={playback} />
    </section>
  );
}

function Deck({ playback }: { readonly playback: Playback }) {
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
        onClick={() => playback.seek(playback.moment() - 5000)}
      >
        −5 s
      </Button>
      <select
        aria-label="Speed"
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
        {newsOf(state)}
      </span>
    </div>
  );
}

function newsOf({ status, share, error }: PlaybackState): string {
  if (status === 'failed') return error ?? '';
  if (status === 'loading') return `Loading… ${Math.floor(share * 10) * 10} %`;
  return '';
}

function Clock({ playback }: { readonly playback: Playback }) {
  const seconds = useSyncExternalStore(playback.subscribe, () => Math.floor(playback.moment() / 1000));
  const { toMs } = useSyncExternalStore(playback.subscribe, playback.sync);
  return (
    <span className="player-clock" aria-hidden="true">
      <strong>{durationText(Math.max(0, seconds * 1000))}</strong>
      <span className="faint"> / {durationText(toMs)}</span>
    </span>
  );
}
