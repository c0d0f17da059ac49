/** How long to wait before the next attempt: pure. */
import { TROUBLES, type TroubleCode } from './troubles.ts';

/** After the first failure it is tried again at once; then waits double, up to the longest. */
export const BACK_OFF_FIRST_MS = 1000;
export const BACK_OFF_LONGEST_MS = 10_000;
/**
 * Chance takes at most so much off a wait. Less than all of it: the quick attempts are to reach over an outage for which the
 * audio is kept, and not to be used up in its first seconds.
 */
const JITTER = 0.5;
/** Failures in a row after which it is tried slowly, for as long as the call lives. */
export const QUICK_FAILURES = 6;
/** The shortest and the longest wait of a slow attempt. */
export const SLOW_FROM_MS = 15_000;
export const SLOW_TO_MS = 30_000;

/** The wait after so many failures in a row, the last of which was `code`; `random` is at least 0 and below 1. */
export function backOffMs(failures: number, code: TroubleCode, random: number): number {
  if (TROUBLES[code].retry === 'slowly' || failures > QUICK_FAILURES) {
    return SLOW_FROM_MS + random * (SLOW_TO_MS - SLOW_FROM_MS);
  }
  if (failures <= 1) return 0;
  const fullMs = Math.min(BACK_OFF_LONGEST_MS, BACK_OFF_FIRST_MS * 2 ** (failures - 2));
  return fullMs * (1 - JITTER * random);
}
