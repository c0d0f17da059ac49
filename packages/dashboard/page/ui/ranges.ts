/** The stretches of time that history and overview speak of: in both the same, so that the same calls are counted. Pure. */
import type { EnumOf } from '../api/graphql.ts';

export const RANGES = ['24h', '7d', '30d', '12m'] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_LABELS = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '12m': 'Last 12 months',
} as const satisfies Record<Range, string>;

export const isRange = (text: string): text is Range => (RANGES as readonly string[]).includes(text);

/** What a point of a chart over the range stands for. */
export const BUCKETS = {
  '24h': 'HOUR',
  '7d': 'DAY',
  '30d': 'DAY',
  '12m': 'MONTH',
} as const satisfies Record<Range, EnumOf<'StatsBucket'>>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const floor = (at: number, step: number): number => Math.floor(at / step) * step;

/** When a point begins that stands `back` points before that of `now`. Points are those of the API: by the calendar in UTC. */
const POINTS = {
  '24h': { count: 24, begin: (now, back) => floor(now, HOUR_MS) - back * HOUR_MS },
  '7d': { count: 7, begin: (now, back) => floor(now, DAY_MS) - back * DAY_MS },
  '30d': { count: 30, begin: (now, back) => floor(now, DAY_MS) - back * DAY_MS },
  '12m': {
    count: 12,
    begin(now, back) {
      const date = new Date(now);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back);
    },
  },
} as const satisfies Record<Range, { count: number; begin: (now: number, back: number) => number }>;

/** When each point of the range begins, epoch ms, oldest first; the last is that of `now`. */
export function pointsOf(range: Range, now: number): number[] {
  const { count, begin } = POINTS[range];
  return Array.from({ length: count }, (_, i) => begin(now, count - 1 - i));
}

/** When the range begins: with a whole point, so that no first column is cut. */
export const startOf = (range: Range, now: number): number => pointsOf(range, now)[0]!;

/** When the range of the same length begins that lies before it. */
export function startBefore(range: Range, now: number): number {
  const { count, begin } = POINTS[range];
  return begin(now, 2 * count - 1);
}
