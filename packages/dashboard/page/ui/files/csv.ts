/** CSV as RFC 4180 defines it. Pure. */

/** A cell that a spreadsheet would execute gets an apostrophe in front. */
const FORMULA = /^[=+\-@\t\r]/;

const cellText = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const csvText = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ...rows].map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('');
