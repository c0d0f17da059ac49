/** Calendars of time zones: their offsets from UTC, and the starts of hours, days, weeks and months. Pure. */
import { invalidArgument } from '@sidetone/core';

const DAY_MS = 86_400_000;
/** How often the offset is looked up; a change that is undone within this time is not found. */
const STEP_MS = 14 * DAY_MS;
/** The longest bucket, and the days that are looked at around a local time. */
const MARGIN_MS = 35 * DAY_MS;
/** A time zone may be named by every client, so their number is not limited by the configuration. */
const MAX_FORMATS = 50;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The longest name of the IANA database has 32 characters. */
const NAME = /^[A-Za-z][\w+\-/]{0,63}$/;

/** Returns the name of a time zone as given. @throws {FaultError} INPUT_INVALID if it is unknown. */
export function checkTimeZone(argument: string, name: string): string {
  try {
    if (NAME.test(name)) {
      formatOf(name);
      return name;
    }
  } catch {
    // Unknown.
  }
  throw invalidArgument(argument, 'expected a name of the IANA time zone database, such as Asia/Kolkata');
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const created = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, created);
  return created;
}

/** Returns the difference of the local time to UTC at an instant, ms. */
export function offsetAt(zone: string, at: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: string): number => Number(parts[type]);
  const year = parts['era'] === 'BC' ? 1 - number('year') : number('year');
  const local = new Date(0);
  local.setUTCFullYear(year, number('month') - 1, number('day'));
  local.setUTCHours(number('hour'), number('minute'), number('second'));
  return local.getTime() - Math.floor(at / 1000) * 1000;
}

/** A range of instants with one offset, the end exclusive. */
export interface OffsetRange {
  readonly from: number;
  readonly until: number;
  readonly offsetMs: number;
}

/** Divides a finite range of instants where the offset of the zone changes. */
export function offsetRanges(zone: string, from: number, until: number): readonly OffsetRange[] {
  const ranges: OffsetRange[] = [];
  let start = from;
  let offsetMs = offsetAt(zone, from);
  for (let at = from; at < until;) {
    const next = Math.min(at + STEP_MS, until);
    const nextOffset = offsetAt(zone, next);
    if (nextOffset !== offsetMs) {
      const change = firstInstantOf(zone, nextOffset, at, next);
      ranges.push({ from: start, until: change, offsetMs });
      [start, offsetMs] = [change, nextOffset];
    }
    at = next;
  }
  if (start < until) ranges.push({ from: start, until, offsetMs });
  return ranges;
}

/** Returns a fast replacement for {@link offsetAt} for instants near a finite range; a format takes 10 µs. */
export function createOffsets(zone: string, from: number, until: number): (at: number) => number {
  const ranges = offsetRanges(zone, from - MARGIN_MS, until + MARGIN_MS);
  let index = 0;
  return (at) => {
    while (index > 0 && at < ranges[index]!.from) index--;
    while (index < ranges.length - 1 && at >= ranges[index]!.until) index++;
    return ranges[index]!.offsetMs;
  };
}

/** Returns when the offset begins that is not yet valid at `before`, and is valid at `after`. Changes are on whole seconds. */
function firstInstantOf(zone: string, offsetMs: number, before: number, after: number): number {
  let low = Math.floor(before / 1000);
  let high = Math.ceil(after / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * 1000) === offsetMs) high = middle;
    else low = middle;
  }
  return high * 1000;
}

/**
 * Returns the instant of a local time, which is given as if it were UTC: the first one if it occurs twice, and the end of the
 * gap if it is skipped.
 */
export function instantOf(
  zone: string,
  local: number,
  offsetOf = (at: number): number => offsetAt(zone, at),
): number {
  const earlier = offsetOf(local - DAY_MS);
  const later = offsetOf(local + DAY_MS);
  for (const offsetMs of [earlier, later])
    if (offsetOf(local - offsetMs) === offsetMs) return local - offsetMs;
  return firstInstantOf(zone, later, local - DAY_MS, local + DAY_MS);
}
