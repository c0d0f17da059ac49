/** Finds times of events that cannot be right: usually seconds instead of milliseconds, or the wrong time zone. */
import type { ProviderEvent } from '@sidetone/core';

/** How far in the future a time may be, ms: clocks differ, time zones by more. */
export const MAX_FUTURE_MS = 30 * 60_000;
const EARLIEST = Date.UTC(2000, 0, 1);
const HOUR_MS = 60 * 60_000;
const DETAILS = ['createdAt', 'answeredAt', 'endedAt'] as const;

/** Returns what is wrong with the first time that cannot be right, with its field; undefined if all can be. */
export function findTimeProblem(event: ProviderEvent, now: number): string | undefined {
  const own = problemOf(event.occurredAt, now);
  if (own !== undefined) return `${event.type}.occurredAt: ${own}`;
  if (!('details' in event) || event.details === undefined) return undefined;
  for (const name of DETAILS) {
    const problem = problemOf(event.details[name], now);
    if (problem !== undefined) return `${event.type}.details.${name}: ${problem}`;
  }
  return undefined;
}

function problemOf(time: number | undefined, now: number): string | undefined {
  if (time === undefined || (time >= EARLIEST && time <= now + MAX_FUTURE_MS)) return undefined;
  if (!Number.isFinite(time)) return undefined;
  if (time < EARLIEST) return 'expected a time in epoch ms, received one before 2000';
  const hours = Math.round((time - now) / HOUR_MS / 0.5) * 0.5;
  return `is ${hours > 24 ? 'more than a day' : `about ${hours} h`} in the future: the time zone or a clock is wrong`;
}
