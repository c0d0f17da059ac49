/** Measures delays of the event loop of this thread, with a timer of Node.js that measures its own delay. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NANOSECONDS = 1e6;

export interface DelayGauge {
  /** Returns the longest delay since the last call, ms. */
  takeLongestMs(): number;
  close(): void;
}

export function createDelayGauge(): DelayGauge {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    takeLongestMs() {
      const longestMs = histogram.max / NANOSECONDS - RESOLUTION_MS;
      histogram.reset();
      return longestMs;
    },
    close: () => void histogram.disable(),
  };
}
