// The last seconds of audio, addressed by their sample numbers since the start.

/** How many samples are kept at least. */
const REMEMBERED = 16_384;
const ROOM = REMEMBERED * 2;

/** The latest audio of one channel. */
export interface AudioBuffer {
  /** The number of samples received. */
  readonly end: number;
  /** The number of the first sample that is kept. */
  readonly start: number;
  readonly samples: Int16Array;
  /** Returns the index of a sample in `samples`. */
  at(sample: number): number;
  /** Adds samples, at most `REMEMBERED` at once. */
  push(samples: Int16Array): void;
}

/** Creates an empty buffer. */
export function createAudioBuffer(): AudioBuffer {
  const samples = new Int16Array(ROOM);
  let start = 0;
  let end = 0;
  return {
    samples,
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    at: (sample) => sample - start,
    push(more) {
      if (end - start + more.length > ROOM) {
        const kept = Math.min(REMEMBERED, end - start);
        samples.copyWithin(0, end - start - kept, end - start);
        start = end - kept;
      }
      samples.set(more, end - start);
      end += more.length;
    },
  };
}
