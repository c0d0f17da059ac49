/** Converts between positions in a call, which start at its answer, and in its recording, which starts at the first audio. Pure. */

/** The range of the seek bar: the call from its answer, plus recorded audio before the answer and after the end. */
export interface Sync {
  /** The start of the recording, ms from the answer; negative if audio started earlier. */
  readonly offsetMs: number;
  readonly recordedMs: number;
  /** The duration of the call from its answer, ms; the waveform covers this range. */
  readonly callMs: number;
  /** The range of the seek bar, ms from the answer. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface CallTimes {
  /** Epoch ms. */
  readonly answeredAt: number;
  readonly endedAt: number;
}

interface RecordingTimes {
  readonly startedAt: string;
  readonly durationMs: number;
}

export function syncOf({ answeredAt, endedAt }: CallTimes, recording: RecordingTimes): Sync {
  const offsetMs = Date.parse(recording.startedAt) - answeredAt;
  const callMs = Math.max(0, endedAt - answeredAt);
  return {
    offsetMs,
    recordedMs: recording.durationMs,
    callMs,
    fromMs: Math.min(0, offsetMs),
    toMs: Math.max(callMs, offsetMs + recording.durationMs),
  };
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** The position in the recording in seconds, clamped to the recording. */
export const toSeconds = ({ offsetMs, recordedMs }: Sync, ms: number): number =>
  clamp(ms - offsetMs, 0, recordedMs) / 1000;

/** The position in the call, ms from the answer. */
export const toPositionMs = ({ offsetMs }: Sync, seconds: number): number => seconds * 1000 + offsetMs;

/** A position as a fraction of the seek bar, 0 to 1. */
export const fractionOf = ({ fromMs, toMs }: Sync, ms: number): number =>
  toMs === fromMs ? 0 : clamp((ms - fromMs) / (toMs - fromMs), 0, 1);

/** The inverse of {@link fractionOf}. */
export const positionAt = ({ fromMs, toMs }: Sync, fraction: number): number =>
  fromMs + clamp(fraction, 0, 1) * (toMs - fromMs);
