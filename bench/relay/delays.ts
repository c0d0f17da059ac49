/** Measures the delay of messages. All processes run on one machine and share its monotonic clock. */
import type { RecordableHistogram } from 'node:perf_hooks';

/** A message with the time at which it was sent, in nanoseconds of the monotonic clock. */
export interface Timestamped {
  readonly sentAtNs?: string;
}

/** The delays of one direction, in ms. */
export interface Summary {
  readonly frames: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const ms = (nanoseconds: number): number => nanoseconds / 1e6;

export function summaryOf(delays: RecordableHistogram): Summary {
  if (delays.count === 0) return { frames: 0, p50: 0, p99: 0, max: 0 };
  return {
    frames: delays.count,
    p50: ms(delays.percentile(50)),
    p99: ms(delays.percentile(99)),
    max: ms(delays.max),
  };
}
