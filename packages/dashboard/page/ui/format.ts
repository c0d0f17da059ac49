/** Formats values as text. Pure. */

/** Formats a duration in ms as `4:07` or `1:02:09`. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${h > 0 ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`;
  return h > 0 ? `${h}:${tail}` : tail;
}

/**
 * Groups of the digits after a country code, by their number. Numbering plans of all countries would be larger than the page, so
 * the groups are neutral: fours from the end, which most countries with area codes of two digits use.
 */
const GROUPS: Readonly<Record<number, readonly number[]>> = {
  4: [4],
  5: [2, 3],
  6: [3, 3],
  7: [3, 4],
  8: [4, 4],
  9: [3, 3, 3],
  10: [2, 4, 4],
  11: [3, 4, 4],
  12: [4, 4, 4],
};
/** Countries whose numbers of ten digits have three-digit area codes, or are read like that. */
const THREE_THREE_FOUR: readonly string[] = ['1', '7', '91'];

/** Formats a phone number in groups, as `+1 500 555 5495`. Other addresses are returned unchanged. */
export function phoneNumberText(address: string | null | undefined): string | undefined {
  if (address == null) return undefined;
  const [, country, rest] =
    /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{4,12})$/.exec(address) ?? [];
  if (country === undefined || rest === undefined) return address;
  const isTen = rest.length === 10 && THREE_THREE_FOUR.includes(country);
  let start = 0;
  const groups = (isTen ? [3, 3, 4] : GROUPS[rest.length]!).map((size) => rest.slice(start, (start += size)));
  return `+${country} ${groups.join(' ')}`;
}

const DAY_MS = 86_400_000;
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** In the language of the times beside them, so that digits and words are of one script. */
const RELATIVE_DAY = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const midnightOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** Formats an instant in local time as `Today 14:05`, `Yesterday 09:10` or `3 Jan 09:10`. */
export function dateTimeText(instant: string, now: number): string {
  const at = Date.parse(instant);
  // Rounded, because a day with a daylight saving change is an hour shorter or longer.
  const daysAgo = Math.round((midnightOf(now) - midnightOf(at)) / DAY_MS);
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const day =
    daysAgo === 0 || daysAgo === 1
      ? capitalised(RELATIVE_DAY.format(-daysAgo, 'day'))
      : (isThisYear ? DAY : DAY_AND_YEAR).format(at);
  return `${day} ${TIME.format(at)}`;
}

/** Ends a text with exactly one full stop. */
export const asSentence = (text: string): string => `${text.replace(/[.\s]+$/, '')}.`;

/** Returns a text with a capital letter at its start. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
