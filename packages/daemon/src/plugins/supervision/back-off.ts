/** How long to wait before a provider that failed is tried again. Pure. */

/** The wait after the first failure, ms; doubling with each further one, up to the longest. */
export const BACK_OFF_FIRST_MS = 1000;
export const BACK_OFF_LONGEST_MS = 5 * 60_000;

/**
 * The wait after so many failures in a row, ms: between half and the whole of what the doubling gives, so that providers
 * that failed together do not come back together.
 * @param random from 0 to 1.
 */
export function backOffMs(failures: number, random: number): number {
  const whole = Math.min(BACK_OFF_LONGEST_MS, BACK_OFF_FIRST_MS * 2 ** (failures - 1));
  return Math.round((whole * (1 + random)) / 2);
}
