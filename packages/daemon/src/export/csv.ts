/** Writes records as CSV (RFC 4180) that a spreadsheet does not execute. Pure. */

/** Records end with it, and cells never contain it, so a file that was cut off can be repaired. */
export const CSV_LINE_END = '\r\n';

/** A cell that begins with one of these can be executed as a formula. */
const FORMULA = /^[=+\-@\t\r]/;
/** Numbers, among them telephone numbers, are not formulas. */
const NUMBER = /^[+-]?\d[\d.]*$/;

export type CsvValue = string | number | boolean | null | undefined;

/** Returns a record with its line end. Null and undefined are empty cells; a text that looks like a formula begins with `'`. */
export const csvRecord = (values: readonly CsvValue[]): string => values.map(cellOf).join(',') + CSV_LINE_END;

function cellOf(value: CsvValue): string {
  const text = String(value ?? '').replaceAll(/\r\n?/g, '\n');
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
