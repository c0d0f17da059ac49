/** Instants as text, where and how the page is looked at. */

const DAY_MS = 86_400_000;
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const THIS_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const OTHER_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

const midnightOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** `Today 14:05`, `Yesterday 09:10`, `3 Jan 09:10`. */
export function dateTimeText(instant: string, now: number): string {
  const at = Date.parse(instant);
  // Days with a change of the clock are an hour shorter or longer.
  const daysAgo = Math.round((midnightOf(now) - midnightOf(at)) / DAY_MS);
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const day =
    daysAgo === 0 ? 'Today' : daysAgo === 1 ? 'Yesterday' : (isThisYear ? THIS_YEAR : OTHER_YEAR).format(at);
  return `${day} ${TIME.format(at)}`;
}
