// What is recorded of a call: when it began and ended, and who is told. There is no audio behind it.

import { randomUUID } from 'node:crypto';
import type { Scheduler } from '../../call/scheduler.ts';
import type { RecordingState } from '../../call/call-state.ts';

/** How many recordings a call may have. */
export const MAX_RECORDINGS = 50;

/** Why a recording ended. */
export type RecordingEnd = 'RecordingTimeout' | 'maxLength' | 'FinishedOnKey' | 'HungUp' | 'ApiRequest';

/** One recording. */
export interface Recording extends RecordingState {
  readonly url: string;
}

/** What a recording is to be. */
export interface RecordingOptions {
  readonly format: 'mp3' | 'wav';
  /** Undefined: for as long as the call lasts. */
  readonly maxMs: number | undefined;
  /** Told once, when it has ended. */
  readonly onEnd: (recording: Recording) => void;
}

/** The recordings of a call. */
export interface Recordings {
  readonly all: readonly Recording[];
  /** Undefined when there are too many. */
  start(options: RecordingOptions): Recording | undefined;
  /** Without effect for one that has ended. */
  stop(recording: Recording, reason: RecordingEnd): void;
  stopAll(reason: RecordingEnd): void;
}

/** None yet. */
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
    start(order) {
      if (all.length >= MAX_RECORDINGS) return undefined;
      const id = randomUUID();
      const url = `https://media.vobiz.invalid/recordings/${id}.${order.format}`;
      const recording = { id, url, startedAt: Date.now(), endedAt: null, endReason: null };
      all.push(recording);
      options.set(id, order);
      if (order.maxMs !== undefined) scheduler.after(order.maxMs, () => stop(recording, 'maxLength'));
      return recording;
    },
    stop,
    stopAll(reason) {
      for (const recording of all) stop(recording, reason);
    },
  };
}

/** The fields that tell of a recording's end, beside those that all webhooks have. */
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

/** What REST's `callback_url` is told: the same in other words. */
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
