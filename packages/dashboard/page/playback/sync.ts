/** Which moment of a call is which second of its recording: a recording begins with the first audio, a call with its answer. Pure. */

/** The line of time that is shown: the call from its answer, and what was recorded before and behind it. */
export interface Sync {
  /** Where the recording begins, ms from the answer: below zero where audio came before it. */
  readonly offsetMs: number;
  readonly recordedMs: number;
  /** How long the call was, ms from the answer: what the waveform is of. */
  readonly callMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CallTimes {
  /** Epoch ms. */
  readonly answeredAt: number;
  readonly endedAt: number;
}

export interface RecordingTimes {
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

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The place in the recording, in seconds as media elements count: its nearest end for what was not recorded. */
export const toSeconds = ({ offsetMs, recordedMs }: Sync, ms: number): number =>
  within(ms - offsetMs, 0, recordedMs) / 1000;

/** The moment of the call, ms from its answer. */
export const toMoment = ({ offsetMs }: Sync, seconds: number): number => seconds * 1000 + offsetMs;

/** Where a moment stands on the line, 0 to 1. */
export const shareOf = ({ fromMs, toMs }: Sync, ms: number): number =>
  toMs === fromMs ? 0 : within((ms - fromMs) / (toMs - fromMs), 0, 1);

export const momentAt = ({ fromMs, toMs }: Sync, share: number): number =>
  fromMs + within(share, 0, 1) * (toMs - fromMs);
