/** Days of date inputs in local time. Pure. */

const DAY = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?$/;

/**
 * Returns the start of a local day such as `2026-01-31`, or of the day `later` days after it. A time such as
 * `2026-01-31T14:00` is returned as it is. Undefined if it is none of them.
 */
export function localDay(day: string, later: number): Date | undefined {
  const [, year, month, date, hour, minute] = DAY.exec(day) ?? [];
  if (date === undefined) return undefined;
  if (hour !== undefined)
    return new Date(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute));
  return new Date(Number(year), Number(month) - 1, Number(date) + later);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Formats a local time for the URL and for inputs, such as `2026-01-31T14:00`. */
export function localTimeText(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
