/** Dates and instants in the options of commands. */
import { FaultError } from '@sidetone/core';

/** Parses a date or an instant of ISO 8601. Returns epoch ms. @throws {FaultError} INPUT_INVALID with the name of the option. */
export function parseInstant(option: string, text: string): number {
  const parsed = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(parsed)) return parsed;
  throw new FaultError(
    'INPUT_INVALID',
    `${option}: expected a date such as 2026-01-31 or 2026-01-31T12:00:00Z, received "${text}"`,
  );
}

/** Returns an instant in UTC to the minute, for tables. */
export const minuteOf = (at: string | null | undefined): string | null =>
  at == null ? null : at.slice(0, 16).replace('T', ' ');
