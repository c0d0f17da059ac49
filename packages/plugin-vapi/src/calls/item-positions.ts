/**
 * The positions of conversation items in their call. `time`, in epoch ms, runs on through the whole call. `secondsFromStart` starts at
 * 0 again with every assistant of a squad or handoff, so it is used only where there is no `time`. Pure.
 */
import { definedFields } from '@sidetone/plugin-kit';

/** The times of an item as reported; any may be missing. */
export interface ItemTimes {
  /** Epoch ms. */
  readonly time?: number;
  readonly endTime?: number;
  /** `secondsFromStart`: documented in seconds, observed in milliseconds too. */
  readonly fromStart?: number;
  /** Documented in seconds, observed in milliseconds. Only the time that was spoken. */
  readonly duration?: number;
}

/** Offsets from the answer of the call, ms. */
export interface ItemPosition {
  readonly startMs?: number;
  readonly endMs?: number;
}

/** The longest call, ms: a larger offset is invalid. */
const LONGEST_CALL_MS = 12 * 60 * 60 * 1000;
/** A larger duration of an item is in milliseconds. */
const LONGEST_ITEM_SECONDS = 60;
/** How far outside the reported span of the call an item may be, ms: the two are measured in different places. */
const MAX_EARLY_MS = 1000;
const MAX_LATE_MS = 60_000;

/** When a call started and ended, epoch ms; unknown if undefined. */
export interface CallSpan {
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** Returns the unit of `secondsFromStart`, ms, by comparison with `time`. Seconds, as documented, without `time`. */
function offsetUnitMs(items: readonly ItemTimes[]): 1 | 1000 {
  const timed = items.filter(({ time, fromStart }) => time !== undefined && fromStart !== undefined);
  let [offsets, times] = [0, 0];
  for (const [i, item] of timed.slice(1).entries()) {
    const offset = item.fromStart! - timed[i]!.fromStart!;
    const time = item.time! - timed[i]!.time!;
    // An offset that decreases was counted from the next assistant.
    if (offset > 0 && time > 0) [offsets, times] = [offsets + offset, times + time];
  }
  if (offsets > 0) return times / offsets < 30 ? 1 : 1000;
  return items.some(({ fromStart = 0 }) => fromStart * 1000 > LONGEST_CALL_MS) ? 1 : 1000;
}

/** Returns the duration of an item: `endTime - time`, or else the time that was spoken. */
function durationMs({ time, endTime, duration }: ItemTimes): number | undefined {
  const span = time === undefined || endTime === undefined ? undefined : endTime - time;
  if (span !== undefined && span >= 0) return span;
  if (duration === undefined || duration < 0) return undefined;
  return duration > LONGEST_ITEM_SECONDS ? duration : duration * 1000;
}

/**
 * Returns the time from which offsets are counted, epoch ms: the start of the call or, if that is unknown or contradicts the items,
 * the start of the first assistant.
 */
function originOf(items: readonly ItemTimes[], { startedAt, endedAt }: CallSpan, unitMs: number) {
  const times = items.map(({ time }) => time).filter((time) => time !== undefined);
  const isInSpan =
    startedAt !== undefined &&
    (times[0] ?? startedAt) >= startedAt - MAX_EARLY_MS &&
    (times.at(-1) ?? startedAt) <= (endedAt ?? Number.POSITIVE_INFINITY) + MAX_LATE_MS;
  if (isInSpan) return startedAt;
  const counted = items.find(({ time, fromStart }) => time !== undefined && fromStart !== undefined);
  return counted && counted.time! - counted.fromStart! * unitMs;
}

/** Returns the position of each item, in the same order. */
export function positionsOf(items: readonly ItemTimes[], span: CallSpan): readonly ItemPosition[] {
  const unitMs = offsetUnitMs(items);
  const origin = originOf(items, span, unitMs);
  /** Where the current assistant's offsets are counted from, ms from the origin; undefined if unknown. */
  let base: number | undefined = 0;
  let lastFromStart = Number.NEGATIVE_INFINITY;

  return items.map((item) => {
    const { time, fromStart } = item;
    if (fromStart !== undefined) {
      if (fromStart < lastFromStart) base = undefined;
      lastFromStart = fromStart;
      if (time !== undefined && origin !== undefined) base = time - origin - fromStart * unitMs;
    }
    const counted = base !== undefined && fromStart !== undefined ? base + fromStart * unitMs : undefined;
    return positionOf(item, time !== undefined && origin !== undefined ? time - origin : counted);
  });
}

function positionOf(item: ItemTimes, offsetMs: number | undefined): ItemPosition {
  const isValid = offsetMs !== undefined && offsetMs >= -MAX_EARLY_MS && offsetMs <= LONGEST_CALL_MS;
  if (!isValid) return {};
  const startMs = Math.max(0, offsetMs);
  const lengthMs = durationMs(item);
  return definedFields({
    startMs: Math.round(startMs),
    endMs: lengthMs === undefined ? undefined : Math.round(startMs + lengthMs),
  });
}
