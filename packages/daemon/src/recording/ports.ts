/** Stored recordings and access to their files. */
import type { Readable } from 'node:stream';
import { RECORDING_ENDS } from '@sidetone/core';
import type { CallId } from '@sidetone/core';

export const RECORDING_STATES = ['RECORDING', ...RECORDING_ENDS] as const;
/** RECORDING while it is being written. */
export type RecordingState = (typeof RECORDING_STATES)[number];

/** What is known of a call's recording. */
export interface StoredRecording {
  readonly callId: CallId;
  readonly state: RecordingState;
  /** When its first sample was heard, epoch ms. */
  readonly startedAt: number;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Null while it is being written, as are its length and size. */
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  /** Of samples, without the head of the file. */
  readonly bytes: number | null;
}

/** Which recordings there are. Their rows follow from facts; here they are only read. */
export interface RecordingRows {
  get(callId: CallId): StoredRecording | undefined;
  /** Those that are being written, or were when the daemon stopped unexpectedly. */
  open(): readonly StoredRecording[];
}

/** A recording as it can be heard now, also while it is being written. */
export interface Recording extends StoredRecording {
  readonly durationMs: number;
  readonly bytes: number;
}

/** A recording's file, opened for reading. */
export interface RecordingFile {
  /** Of the whole file as it is now, with its head. */
  readonly bytes: number;
  /** When something was written to it last, epoch ms. */
  readonly changedAt: number;
  /** The bytes `[from, to)` of a valid WAV file. Whoever reads it lets it end, or destroys it. */
  read(from: number, to: number): Readable;
}

/** The recordings of calls, for those who want to hear them. */
export interface RecordingArchive {
  /** Nothing when the call has none, or none with any sound. */
  find(callId: CallId): Recording | undefined;
  /** Nothing when there is none, or its file is gone. */
  open(callId: CallId): Promise<RecordingFile | undefined>;
}
