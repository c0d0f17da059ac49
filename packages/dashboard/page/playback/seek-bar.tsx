/** The seek bar: a slider over the waveform, with pointer and keyboard support. */
import { useEffect, useRef, useSyncExternalStore, type KeyboardEvent, type PointerEvent } from 'react';
import { Waveform } from '../levels/waveform.tsx';
import type { PartyWaveform } from '../levels/documents.ts';
import { durationText } from '../ui/format.ts';
import type { Playback } from './playback.ts';
import { positionAt, fractionOf } from './sync.ts';

interface SeekBarProps {
  readonly playback: Playback;
  readonly waveform: readonly PartyWaveform[];
  /** The positions of notes, ms from the answer. */
  readonly marks: readonly number[];
}

const STEP_MS = 5000;
const PAGE_MS = 30_000;

/** The distance that a key seeks, ms. */
const KEY_STEPS: Readonly<Record<string, number>> = {
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
  // Whole seconds, so that screen readers do not announce every frame.
  const seconds = useSyncExternalStore(playback.subscribe, () => Math.floor(playback.positionMs() / 1000));
  useEffect(() => {
    const update = (): void =>
      bar.current!.style.setProperty('--played', String(fractionOf(playback.sync(), playback.positionMs())));
    update();
    return playback.subscribe(update);
  }, [playback]);

  function seekTo({ clientX, currentTarget }: PointerEvent<HTMLDivElement>): void {
    const { left, width } = currentTarget.getBoundingClientRect();
    playback.seek(positionAt(sync, (clientX - left) / width));
  }

  function seekBy(event: KeyboardEvent): void {
    if (event.key === ' ') {
      event.preventDefault();
      if (playback.state().isPlaying) playback.pause();
      else playback.play();
    }
    const step = KEY_STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    playback.seek(playback.positionMs() + step);
  }

  return (
    <div
      ref={bar}
      className="seek"
      role="slider"
      tabIndex={0}
      aria-label="Playback position"
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
          left: `${fractionOf(sync, 0) * 100}%`,
          right: `${(1 - fractionOf(sync, sync.callMs)) * 100}%`,
        }}
      >
        <Waveform waveform={waveform} />
      </div>
      <span className="seek-remaining" />
      {marks.map((ms, i) => (
        <span key={i} className="seek-mark" style={{ left: `${fractionOf(sync, ms) * 100}%` }} />
      ))}
      <span className="seek-thumb" />
    </div>
  );
}
