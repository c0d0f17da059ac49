/** The periods of totals, and the fewest of them that cover a time range. Pure. */

/** Longest first. */
export const TOTALS_PERIODS = ['MONTH', 'DAY', 'HOUR', 'QUARTER'] as const;
export type TotalsPeriod = (typeof TOTALS_PERIODS)[number];

export const QUARTER_MS = 900_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Returns the start of the period that contains a time, by the UTC calendar. */
const STARTS = {
  MONTH: (at) => {
    const date = new Date(at);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  },
  DAY: (at) => Math.floor(at / DAY_MS) * DAY_MS,
  HOUR: (at) => Math.floor(at / HOUR_MS) * HOUR_MS,
  QUARTER: (at) => Math.floor(at / QUARTER_MS) * QUARTER_MS,
} as const satisfies Record<TotalsPeriod, (at: number) => number>;

const ENDS = {
  MONTH: (start) => {
    const date = new Date(start);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  },
  DAY: (start) => start + DAY_MS,
  HOUR: (start) => start + HOUR_MS,
  QUARTER: (start) => start + QUARTER_MS,
} as const satisfies Record<TotalsPeriod, (start: number) => number>;

/** A range of times, epoch ms, the end exclusive. Either end can be infinite. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

/** A range of complete periods, or one that is shorter than each of them: CALLS. */
export interface CoveredRange extends TimeRange {
  readonly by: TotalsPeriod | 'CALLS';
}

/** Covers a range with the fewest periods of the given lengths, and with CALLS what is shorter than the shortest. */
export function coverRange(
  { from, until }: TimeRange,
  periods: readonly TotalsPeriod[] = TOTALS_PERIODS,
): readonly CoveredRange[] {
  if (!(from < until)) return [];
  const [longest, ...shorter] = periods;
  if (longest === undefined) return [{ by: 'CALLS', from, until }];
  const first = Number.isFinite(from) ? startAtOrAfter(longest, from) : from;
  const end = Number.isFinite(until) ? STARTS[longest](until) : until;
  if (!(first < end)) return coverRange({ from, until }, shorter);
  return [
    ...coverRange({ from, until: first }, shorter),
    { by: longest, from: first, until: end },
    ...coverRange({ from: end, until }, shorter),
  ];
}

function startAtOrAfter(period: TotalsPeriod, at: number): number {
  const start = STARTS[period](at);
  return start === at ? start : ENDS[period](start);
}

export const startOfPeriod = (period: TotalsPeriod, at: number): number => STARTS[period](at);

/** Returns the end of the period that starts at `start`. */
export const endOfPeriod = (period: TotalsPeriod, start: number): number => ENDS[period](start);
