/** Divides the calls of a wall screen into pages that are shown in turn. Pure. */

/** How long a page is shown, ms. */
export const PAGE_MS = 10_000;

interface WallPage<Call> {
  readonly calls: readonly Call[];
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

/**
 * @param fits the number of calls that fit
 * @param turn increases by one every {@link PAGE_MS}
 */
export function pageOf<Call>(calls: readonly Call[], fits: number, turn: number): WallPage<Call> {
  const size = Math.max(1, fits);
  const pages = Math.max(1, Math.ceil(calls.length / size));
  const index = turn % pages;
  return { calls: calls.slice(index * size, (index + 1) * size), page: index + 1, pages };
}
