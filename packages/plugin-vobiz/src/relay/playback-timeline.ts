/**
 * Places the audio that is played to the caller on the timeline of the call: an agent sends audio faster than it is spoken,
 * and Vobiz plays it in real time. Without demand for the audio nothing is decoded, and no timer runs: what was played
 * is counted with the next audio.
 */
import { encodeMulaw, encodePcm16le, FRAME_MS, pace, type Clock, SAMPLE_BYTES } from '@sidetone/core';
import type { AudioFormat } from '@sidetone/plugin-kit';
import { payloadBytes } from '../stream/payload.ts';
import { createAudioRuns, SMOOTHING_MS, type SourceFormat } from './audio-runs.ts';

const ENCODERS = { pcm_s16le: encodePcm16le, mulaw: encodeMulaw } as const;

interface PlaybackTimelineDeps {
  readonly clock: Clock;
  /** The format of the timeline. */
  readonly format: AudioFormat;
  readonly hasDemand: () => boolean;
  /** Receives 20 ms of audio in `format`. Not called while nothing is played. */
  readonly write: (bytes: Uint8Array, positionMs: number) => void;
  /** Counts 20 ms of audio that was played without demand. */
  readonly skip: (bytes: number) => void;
}

interface PlaybackTimeline {
  /** Appends audio that is played after the buffered audio, or now. */
  push(payload: string, source: SourceFormat): void;
  /** Drops the audio that was not played yet. */
  clear(): void;
  /** To be called when the demand for the audio changed. */
  demandChanged(): void;
  end(): void;
  /** Milliseconds of audio that were dropped because too much was buffered. */
  readonly droppedMs: number;
}

/** Creates a timeline that starts now. The caller must end it. */
export function createPlaybackTimeline(deps: PlaybackTimelineDeps): PlaybackTimeline {
  const { clock, format, hasDemand, write, skip } = deps;
  const origin = clock.elapsed();
  const perMs = format.sampleRate / 1000;
  const perFrame = FRAME_MS * perMs;
  const frameBytes = perFrame * SAMPLE_BYTES[format.encoding];
  const runs = createAudioRuns(format.sampleRate);
  /** The next frame to write. */
  let next = 0;
  let stopPacing: (() => void) | undefined;
  let droppedMs = 0;

  const position = (): number => Math.floor((clock.elapsed() - origin) * perMs);
  /** Counts the frames before a frame instead of writing them, and releases their audio. */
  function passOver(due: number): void {
    if (due <= next) return;
    for (let left = runs.framesWithAudio(next, due, perFrame); left > 0; left--) skip(frameBytes);
    next = due;
    runs.release(next * perFrame);
  }

  /** The frame whose time has come, after the smoothing delay. */
  const dueFrame = (): number => Math.floor((clock.elapsed() - origin - SMOOTHING_MS) / FRAME_MS);

  function writeFrame(frame: number): void {
    const samples = runs.read(frame * perFrame, perFrame);
    if (samples) write(ENCODERS[format.encoding](samples), frame * FRAME_MS);
  }

  function step(): void {
    const due = dueFrame();
    const isNeeded = hasDemand();
    if (isNeeded) while (next < due) writeFrame(next++);
    passOver(due);
    runs.release(next * perFrame);
    if (!isNeeded || runs.isEmpty) stopPacing?.();
  }

  function startPacing(): void {
    if (stopPacing || runs.isEmpty || !hasDemand()) return;
    passOver(dueFrame());
    const end = pace(clock, step);
    stopPacing = () => {
      end();
      stopPacing = undefined;
    };
    // The buffered audio may have been entirely in the past.
    if (runs.isEmpty) stopPacing();
  }

  return {
    push(payload, source) {
      const samples = Math.floor(payloadBytes(payload) / SAMPLE_BYTES[source.encoding]);
      if (samples === 0) return;
      if (!stopPacing) passOver(dueFrame());
      if (runs.append(payload, samples, source, position())) startPacing();
      else droppedMs += (samples * 1000) / source.sampleRate;
    },
    clear: () => runs.truncate(position()),
    demandChanged: startPacing,
    end() {
      if (!stopPacing) passOver(Math.floor((clock.elapsed() - origin) / FRAME_MS));
      stopPacing?.();
      runs.clear();
    },
    get droppedMs() {
      return Math.round(droppedMs);
    },
  };
}
