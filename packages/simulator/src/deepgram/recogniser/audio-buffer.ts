// The last seconds that were heard, by the number of their samples since the beginning.

/** How much is remembered at least. */
export const REMEMBERED = 16_384;
const ROOM = REMEMBERED * 2;

/** What was heard last. */
export interface AudioBuffer {
  /** All samples that were heard. */
  readonly end: number;
  /** The first sample that is still known. */
  readonly begin: number;
  readonly samples: Int16Array;
  /** Where in `samples` a sample is. */
  at(sample: number): number;
  /** Takes at most `REMEMBERED` samples at once. */
  push(samples: Int16Array): void;
}

/** Nothing was heard yet. */
export function createAudioBuffer(): AudioBuffer {
  const samples = new Int16Array(ROOM);
  let begin = 0;
  let end = 0;
  return {
    samples,
    get begin() {
      return begin;
    },
    get end() {
      return end;
    },
    at: (sample) => sample - begin,
    push(more) {
      if (end - begin + more.length > ROOM) {
        const kept = Math.min(REMEMBERED, end - begin);
        samples.copyWithin(0, end - begin - kept, end - begin);
        begin = end - kept;
      }
      samples.set(more, end - begin);
      end += more.length;
    },
  };
}
