/** Telephone numbers as people type and paste them. The daemon normalises them; here they are only checked and compared. Pure. */

/** Marks that cannot be seen, such as those of the direction of text. */
export const INVISIBLE = /[\p{Cf}\p{M}]/gu;
const SEPARATORS = /[\s\p{Pd}\u2212().[\]/\u00B7_]/gu;
const SCHEME = /^(?:tel|callto|sips?):/i;

/** Returns the digits of a number in any notation, with a leading plus if it has one; undefined if it is not a number. */
export function digitsOf(text: string): string | undefined {
  const user = text.normalize('NFKC').replaceAll(INVISIBLE, '').trim().replace(SCHEME, '');
  const number = user
    .replace(/[;@].*$/, '')
    .replaceAll(SEPARATORS, '')
    .replace(/^\+?00(?=[1-9\p{Nd}])/u, '+');
  return /^\+?\p{Nd}+$/u.test(number) ? number.replaceAll(/\p{Nd}/gu, asciiDigit) : undefined;
}

/** Unicode lists the decimal digits of a script from 0 to 9, one after the other. */
function asciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(codePoint - before - 1))) before++;
  return String(before % 10);
}
