// The recordings of a call: their times and webhooks. No audio is stored.

import { randomUUID } from 'node:crypto';
import type { Scheduler } from '../../call/scheduler.ts';
import type { RecordingState } from '../../call/call-state.ts';

/** How many recordings a call can have. */
const MAX_RECORDINGS = 50;

/** Why a recording ended. */
export type RecordingEnd = 'RecordingTimeout' | 'maxLength' | 'FinishedOnKey' | 'HungUp' | 'ApiRequest';

/** One recording. */
export interface Recording extends RecordingState {
  readonly url: string;
}

/** Options of a recording. */
interface RecordingOptions {
  readonly format: 'mp3' | 'wav';
  /** The maximum duration; undefined: unlimited. */
  readonly maxMs: number | undefined;
  /** Called once, when it has ended. */
  readonly onEnd: (recording: Recording) => void;
}

/** The recordings of a call. */
export interface Recordings {
  readonly all: readonly Recording[];
  /** Starts a recording. Returns undefined if there are too many. */
  start(options: RecordingOptions): Recording | undefined;
  /** Stops a recording. No effect if it has ended. */
  stop(recording: Recording, reason: RecordingEnd): void;
  stopAll(reason: RecordingEnd): void;
}

/** Creates an empty list of recordings. */
export function createRecordings(scheduler: Scheduler): Recordings {
  const all: (Recording & { endedAt: number | null; endReason: string | null })[] = [];
  const options = new Map<string, RecordingOptions>();

  const stop = ({ id }: Recording, reason: RecordingEnd): void => {
    const recording = all.find((one) => one.id === id);
    if (recording === undefined || recording.endedAt !== null) return;
    recording.endedAt = Date.now();
    recording.endReason = reason;
    options.get(id)?.onEnd(recording);
  };

  return {
    all,
    start(recordingOptions) {
      if (all.length >= MAX_RECORDINGS) return undefined;
      const id = randomUUID();
      const url = `https://media.vobiz.invalid/recordings/${id}.${recordingOptions.format}`;
      const recording = { id, url, startedAt: Date.now(), endedAt: null, endReason: null };
      all.push(recording);
      options.set(id, recordingOptions);
      if (recordingOptions.maxMs !== undefined)
        scheduler.after(recordingOptions.maxMs, () => stop(recording, 'maxLength'));
      return recording;
    },
    stop,
    stopAll(reason) {
      for (const recording of all) stop(recording, reason);
    },
  };
}

/** Returns the form fields about the end of a recording. */
export function recordingForm(recording: Recording): Record<string, string> {
  const { id, url, startedAt, endedAt, endReason } = recording;
  const ms = (endedAt ?? startedAt) - startedAt;
  return {
    RecordingID: id,
    RecordUrl: url,
    RecordFile: url,
    RecordingDuration: String(Math.round(ms / 1000)),
    RecordingDurationMs: String(ms),
    RecordingStartMs: String(startedAt),
    RecordingEndMs: String(endedAt ?? startedAt),
    RecordingEndReason: endReason ?? '',
  };
}

/** Returns the same data in the format of REST's `callback_url`. */
export function restRecordingForm(recording: Recording, callId: string): Record<string, string> {
  const { id, url, startedAt, endedAt } = recording;
  const ms = (endedAt ?? startedAt) - startedAt;
  return {
    api_id: randomUUID(),
    call_uuid: callId,
    recording_id: id,
    record_url: url,
    recording_duration: String(Math.round(ms / 1000)),
    recording_duration_ms: String(ms),
    recording_start_ms: String(startedAt),
    recording_end_ms: String(endedAt ?? startedAt),
  };
}
