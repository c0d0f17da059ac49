/** The keys that move the focus between the rows of a list. Pure. */

/** The rows that a page has, if it is not known. */
const DEFAULT_PAGE_ROWS = 10;

interface Rows {
  readonly index: number;
  readonly count: number;
  /** The number of rows that fit. */
  readonly pageRows?: number;
}

/** Returns the index of the row that a key moves the focus to, or undefined if the key does not move it. */
export function rowAfterKey(
  key: string,
  { index, count, pageRows = DEFAULT_PAGE_ROWS }: Rows,
): number | undefined {
  const to = TARGETS[key]?.(index, count, Math.max(1, pageRows - 1));
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
}

const TARGETS: Readonly<Record<string, (index: number, count: number, page: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index, _count, page) => index + page,
  PageUp: (index, _count, page) => index - page,
  Home: () => 0,
  End: (_index, count) => count - 1,
};
