/** The ranges of an index that contain a page of a sorted list. Pure. */
import type { KeysetPosition, PageRequest } from '../../../history/paging.ts';

/** A position in the rows that have a sort key. */
export interface KeyPosition {
  readonly key: number;
  readonly id: string;
}

/** Rows between two positions, in ascending order. Both are exclusive; one that is missing is the end of the list. */
export interface KeyLimits {
  readonly low?: KeyPosition | undefined;
  readonly high?: KeyPosition | undefined;
}

/** Rows with a key, between two positions; or rows without one, between two ids. Null sorts before all keys. */
export type KeyRange =
  | ({ readonly part: 'KEY' } & KeyLimits)
  | { readonly part: 'NULL'; readonly low?: string | undefined; readonly high?: string | undefined };

export interface Order {
  readonly descending: boolean;
  /** Whether rows can have no key. */
  readonly nullable: boolean;
}

/** Returns the ranges of a page, in the order of reading, within the limits of a filter. */
export function keyRanges(order: Order, page: PageRequest, limits: KeyLimits = {}): readonly KeyRange[] {
  const [low, high] = order.descending ? [page.before, page.after] : [page.after, page.before];
  const ranges: KeyRange[] = [];
  const isLimited = limits.low !== undefined || limits.high !== undefined;
  const lowKey = keyOf(low);
  if (order.nullable && !isLimited && !lowKey) {
    ranges.push({ part: 'NULL', low: low?.id, high: high?.key === null ? high.id : undefined });
  }
  if (high?.key !== null) {
    ranges.push({
      part: 'KEY',
      low: later(lowKey, limits.low),
      high: earlier(keyOf(high), limits.high),
    });
  }
  return isReadDescending(order, page) ? ranges.toReversed() : ranges;
}

export const isReadDescending = (
  { descending }: Order,
  { backward }: Pick<PageRequest, 'backward'>,
): boolean => descending !== backward;

/** The position before all rows with this key or a larger one. */
export const beforeKey = (key: number | undefined): KeyPosition | undefined =>
  key === undefined ? undefined : { key, id: '' };

function keyOf(position: KeysetPosition | undefined): KeyPosition | undefined {
  return position && position.key !== null ? { key: position.key, id: position.id } : undefined;
}

const isBefore = (a: KeyPosition, b: KeyPosition): boolean =>
  a.key < b.key || (a.key === b.key && a.id < b.id);

function later(a: KeyPosition | undefined, b: KeyPosition | undefined): KeyPosition | undefined {
  return a && b ? (isBefore(a, b) ? b : a) : (a ?? b);
}

function earlier(a: KeyPosition | undefined, b: KeyPosition | undefined): KeyPosition | undefined {
  return a && b ? (isBefore(a, b) ? a : b) : (a ?? b);
}

/** Returns the part of a range within the limits; undefined if it is empty. */
export function cut(range: KeyLimits, limits: KeyLimits): KeyRange | undefined {
  const low = later(range.low, limits.low);
  const high = earlier(range.high, limits.high);
  return low && high && !isBefore(low, high) ? undefined : { part: 'KEY', low, high };
}
