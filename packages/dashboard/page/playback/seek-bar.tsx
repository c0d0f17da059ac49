/** Where in the call it is played, over its waveform: a slider for pointer, keyboard and screen reader. */
import { useEffect, useRef, useSyncExternalStore, type KeyboardEvent, type PointerEvent } from 'react';
import { Waveform } from '../levels/waveform.tsx';
import type { PartyWaveform } from '../levels/waveform-documents.ts';
import { durationText } from '../ui/format.ts';
import type { Playback } from './playback.ts';
import { momentAt, shareOf } from './sync.ts';

export interface SeekBarProps {
  readonly playback: Playback;
  readonly waveform: readonly PartyWaveform[];
  /** Moments that something was written down about, ms from the answer. */
  readonly marks: readonly number[];
}

const STEP_MS = 5000;
const PAGE_MS = 30_000;

/** What a key does, ms; to an end where it is endless. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -STEP_MS,
  ArrowDown: -STEP_MS,
  ArrowRight: STEP_MS,
  ArrowUp: STEP_MS,
  PageDown: -PAGE_MS,
  PageUp: PAGE_MS,
  Home: -Infinity,
  End: Infinity,
};

export function SeekBar({ playback, waveform, marks }: SeekBarProps) {
  const sync = useSyncExternalStore(playback.subscribe, playback.sync);
  const bar = useRef<HTMLDivElement>(null);
  // It is told in seconds: a screen reader would read every frame.
  const seconds = useSyncExternalStore(playback.subscribe, () => Math.floor(playback.moment() / 1000));
  useEffect(() => {
    const place = (): void =>
      bar.current!.style.setProperty('--played', String(shareOf(playback.sync(), playback.moment())));
    place();
    return playback.subscribe(place);
  }, [playback]);

  function seekTo({ clientX, currentTarget }: PointerEvent<HTMLDivElement>): void {
    const { left, width } = currentTarget.getBoundingClientRect();
    playback.seek(momentAt(sync, (clientX - left) / width));
  }

  function seekBy(event: KeyboardEvent): void {
    if (event.key === ' ') {
      event.preventDefault();
      if (playback.state().isPlaying) playback.pause();
      else playback.play();
    }
    const way = KEYS[event.key];
    if (way === undefined) return;
    event.preventDefault();
    playback.seek(playback.moment() + way);
  }

  return (
    <div
      ref={bar}
      className="seek"
      role="slider"
      tabIndex={0}
      aria-label="Moment of the call"
      aria-valuemin={Math.floor(sync.fromMs / 1000)}
      aria-valuemax={Math.ceil(sync.toMs / 1000)}
      aria-valuenow={seconds}
      aria-valuetext={`${durationText(Math.max(0, seconds * 1000))} of ${durationText(sync.toMs)}`}
      onKeyDown={seekBy}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && seekTo(event)}
    >
      <div
        className="seek-call"
        style={{
          left: `${shareOf(sync, 0) * 100}%`,
          right: `${(1 - shareOf(sync, sync.callMs)) * 100}%`,
        }}
      >
        <Waveform waveform={waveform} />
      </div>
      <span className="seek-remaining" />
      {marks.map((ms, i) => (
        <span key={i} className="seek-mark" style={{ left: `${shareOf(sync, ms) * 100}%` }} />
      ))}
      <span className="seek-thumb" />
    </div>
  );
}
