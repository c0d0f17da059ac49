/** Live audio and waveforms of calls. */
import type { CallId, CapturePart, Party } from '@sidetone/core';
import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import type { OpenStreams } from '../calls/call-sessions.ts';
import type { NowOrLater } from '../now-or-later.ts';

/** Receives the audio of a call, frame by frame, in order. Must neither wait nor throw. */
export interface AudioSink {
  /** Whether frames of silence are needed before the first audio of the call arrives. */
  readonly needsSilence: boolean;
  /** Whether frames may arrive later than for live listeners, so that late audio is included. */
  readonly acceptsDelay?: boolean;
  /**
   * Receives a frame in the format of `frames.ts`. Sinks may receive the same array and must not change it.
   * @param at start of the frame, epoch ms. Consecutive frames are 20 ms apart, or a multiple of it after skipped frames.
   */
  frame(samples: Int16Array, at: number): void;
  /** Receives that audio was left out because it arrived too late; called for sinks that accept a delay. */
  lost?(at: number, ms: number): void;
}

/** Receives the audio of a call in blocks. Must neither wait nor throw. */
export interface AudioBlockSink {
  /** Receives the time of the first audio, epoch ms, before any block. */
  start(at: number): void;
  /**
   * Receives up to a second of both channels in the format of `frames.ts`, which the sink may keep. The block of an instant is
   * passed again if late audio has changed it, and replaces the earlier one.
   * @param at start of the block, epoch ms: a whole number of ms after the first audio.
   */
  block(samples: Int16Array, at: number): void;
  /** Receives that audio was left out because it arrived too late. */
  lost?(at: number, ms: number): void;
}

/** The silent parts of calls whose capture was paused. */
export interface AudioSilences {
  /** Returns whether an instant, epoch ms, is silent for a part of the capture. */
  isSilent(callId: CallId, part: CapturePart, at: number): boolean;
  /**
   * Returns audio of a call in the format of `frames.ts` with its silent parts: the same array if there are none.
   * @param at start of the audio, epoch ms
   */
  applied(callId: CallId, part: CapturePart, samples: Int16Array, at: number): Int16Array;
}

/** Who lost audio of a stream that arrived too late. */
export type LossKind = 'listening' | 'recording' | 'transcript';

/** Counts the audio of a stream that was left out. */
export interface StreamLosses {
  lose(kind: LossKind, ms: number): void;
}

/**
 * How long recordings and transcriptions wait for the audio of streams that are open when a call ends, ms: longer than plugins
 * keep them open.
 */
export const MAX_LATE_AUDIO_MS = LATE_AUDIO_MS + 1000;
/** Why audio of a stream that stays open even longer is left out. */
export const TOO_LATE_AFTER_END = `it arrived more than ${MAX_LATE_AUDIO_MS / 1000} s after the end of the call`;

/** The open streams of calls. */
export interface StreamSource extends OpenStreams {
  /**
   * Counts the audio of a call's open streams as lost from now on: its reader has left. `report` is called when they are closed,
   * if any audio has arrived.
   */
  leaveOut(callId: CallId, kind: LossKind, report: (ms: number) => void): void;
}

/** The live audio of calls. */
export interface AudioSource {
  /** Passes the audio of a call to the sink from now on. Returns a function that stops it. */
  join(callId: CallId, sink: AudioSink): () => void;
  /** Passes the audio of a call in blocks from now on. Returns a function that stops it, after the last blocks. */
  joinBlocks(callId: CallId, sink: AudioBlockSink): () => void;
  /** Ends the silence of a call: from now on, blocks are extended only by audio. */
  endSilence(callId: CallId): void;
}

/** The loudness of one party in one minute. */
export interface WaveformPiece {
  readonly callId: CallId;
  readonly party: Party;
  /** Minutes since the epoch. */
  readonly piece: number;
  /** Peak of each 100 ms, in half decibels below full scale; 255 without a reading. */
  readonly peaks: Uint8Array;
}

/** Stores waveforms. They are not derived from events. */
export interface WaveformStore {
  /** Replaces pieces of the same call, party and minute, all or none. Throws as `CallLedger.commit` does. */
  put(pieces: readonly WaveformPiece[]): NowOrLater<void>;
  get(callId: CallId, party: Party, piece: number): NowOrLater<Uint8Array | undefined>;
  /** Returns all pieces of a call, in order. */
  list(callId: CallId): NowOrLater<readonly WaveformPiece[]>;
}

export interface PartyPeaks {
  readonly party: Party;
  /** dBFS: 0 is full scale, -90 is silence. */
  readonly peaksDb: readonly number[];
}

/** The loudness of calls over time. */
export interface WaveformSource {
  /**
   * Returns the peaks between two instants (epoch ms) as `points` readings of equal length, by party; empty if nothing was
   * metered.
   */
  read(callId: CallId, from: number, to: number, points: number): NowOrLater<readonly PartyPeaks[]>;
}
