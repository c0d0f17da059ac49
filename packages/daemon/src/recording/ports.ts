/** Stored recordings and access to their files. */
import type { Readable } from 'node:stream';
import { RECORDING_ENDS } from '@sidetone/core';
import type { CallId, WavFormat } from '@sidetone/core';
import type { NowOrLater } from '../now-or-later.ts';

export const RECORDING_STATES = ['RECORDING', ...RECORDING_ENDS] as const;
/** RECORDING while the file is being written. */
export type RecordingState = (typeof RECORDING_STATES)[number];

/** The formats of downloads. */
export const RECORDING_FORMATS = ['WAV', 'FLAC'] as const;
export type RecordingFormat = (typeof RECORDING_FORMATS)[number];

/** Returns the path of a recording below the URL of the daemon. */
export const recordingPath = (callId: CallId, format: RecordingFormat): string =>
  `calls/${callId}/recording.${format.toLowerCase()}`;

/** The stored row of a call's recording. */
export interface StoredRecording {
  readonly callId: CallId;
  readonly state: RecordingState;
  /** Time of its first sample, epoch ms. */
  readonly startedAt: number;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Null while the file is being written, like duration and size. */
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  /** Bytes of samples, without the header. */
  readonly bytes: number | null;
}

/** Reads the rows of recordings. They are derived from events. */
export interface RecordingRows {
  get(callId: CallId): NowOrLater<StoredRecording | undefined>;
  /** Returns recordings that are being written, or were when the daemon crashed. */
  open(): NowOrLater<readonly StoredRecording[]>;
}

/** A recording as it can be played now, even while it is being written. */
export interface Recording extends StoredRecording {
  readonly durationMs: number;
  readonly bytes: number;
}

/** A recording's file, open for reading as WAV, in whichever format it is stored. */
export interface RecordingFile {
  readonly format: WavFormat;
  /** Current size of the WAV file with its header. */
  readonly bytes: number;
  /** Time of the last write, epoch ms. */
  readonly changedAt: number;
  /** Returns the bytes `[from, to)` of a valid WAV file. The caller reads the stream to its end or destroys it. */
  read(from: number, to: number): Readable;
  /** The FLAC file, if the recording is stored as one. */
  readonly flac?: {
    readonly bytes: number;
    /** Returns the bytes `[from, to)` of the FLAC file, as `read`. */
    read(from: number, to: number): Readable;
  };
}

/** The file of a recording on the disk. */
export interface StoredFile {
  readonly format: RecordingFormat;
  readonly bytes: number;
}

/** The recordings of calls. */
export interface RecordingArchive {
  /** Returns undefined if the call has no recording with any audio. */
  find(callId: CallId): NowOrLater<Recording | undefined>;
  /** Returns undefined if there is no recording or its file is missing. */
  open(callId: CallId): Promise<RecordingFile | undefined>;
  /** Returns undefined if the file is missing. */
  stored(callId: CallId): Promise<StoredFile | undefined>;
}
