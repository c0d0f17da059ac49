/** Reports that the machine is too slow for the simulated calls, whose requests and audio are then late for no visible reason. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the delay is checked, ms. */
const CHECK_MS = 10_000;
/** Mean delays from which the process is late, and below which it is in time again, ms. */
export const LATE_MS = 200;
export const IN_TIME_MS = 50;

const NANOSECONDS_PER_MS = 1e6;

/** Returns a function that receives the mean delay of each interval, ms, and warns once until the process is in time again. */
export function createLatenessCheck(warn: (text: string) => void): (meanMs: number) => void {
  let isLate = false;
  return (meanMs) => {
    if (meanMs < IN_TIME_MS) isLate = false;
    if (isLate || !(meanMs >= LATE_MS)) return;
    isLate = true;
    const seconds = (meanMs / 1000).toFixed(1);
    warn(
      `this machine is too slow for the simulated calls, which are ${seconds} s late: use fewer of them (--calls)`,
    );
  };
}

/** Checks the delays of the event loop as long as the process runs. */
export function watchLateness(warn: (text: string) => void): void {
  const check = createLatenessCheck(warn);
  const delays = monitorEventLoopDelay();
  delays.enable();
  setInterval(() => {
    check(delays.mean / NANOSECONDS_PER_MS);
    delays.reset();
  }, CHECK_MS).unref();
}
