/** Days of date inputs in local time. Pure. */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

/** Returns the start of a local day such as `2026-01-31`, or of the day `later` days after it; undefined if it is none. */
export function localDay(day: string, later: number): Date | undefined {
  const [, year, month, date] = DAY.exec(day) ?? [];
  if (date === undefined) return undefined;
  return new Date(Number(year), Number(month) - 1, Number(date) + later);
}
