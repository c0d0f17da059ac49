/** Live audio and waveforms of calls. */
import type { CallId, Party } from '@sidetone/core';

/** Takes the audio of a call, frame by frame, in order. Must not wait, and must not throw. */
export interface AudioSink {
  /** Whether frames are wanted also before anything was heard: silence, then. */
  readonly needsSilence: boolean;
  /**
   * Whether frames may come a fifth of a second later than for those who listen, so that audio which is late is still in them.
   */
  readonly acceptsDelay?: boolean;
  /**
   * Takes 20 ms at 16 kHz: the customer's and the assistant's samples, interleaved. All sinks are given the same: it is
   * only to be read. `at` is when it begins, epoch ms; times that follow each other are 20 ms apart, or whole frames more.
   */
  frame(samples: Int16Array, at: number): void;
}

/** The live audio of calls. */
export interface AudioSource {
  /** Gives the sink the audio of a call from now on, until the function that comes back is called. */
  join(callId: CallId, sink: AudioSink): () => void;
}

/** A minute of one party's loudness. */
export interface WaveformPiece {
  readonly callId: CallId;
  readonly party: Party;
  /** Minutes since the epoch. */
  readonly piece: number;
  /** The largest sample of each tenth of a second: half decibels below full scale, 255 where there is no reading. */
  readonly peaks: Uint8Array;
}

/** Where waveforms are kept. They follow from no fact. */
export interface WaveformStore {
  /** Stores pieces in place of those of the same minute, all or none. Throws as `commit` does. */
  put(pieces: readonly WaveformPiece[]): void;
  get(callId: CallId, party: Party, piece: number): Uint8Array | undefined;
  /** All of a call, in order. */
  list(callId: CallId): readonly WaveformPiece[];
}

export interface PartyPeaks {
  readonly party: Party;
  /** dBFS: 0 is full scale, -90 is silence. */
  readonly peaksDb: readonly number[];
}

/** How loud calls were. */
export interface WaveformSource {
  /** Between two instants (epoch ms), in `points` readings of equal length; empty when nothing was metered. */
  read(callId: CallId, from: number, to: number, points: number): readonly PartyPeaks[];
}
