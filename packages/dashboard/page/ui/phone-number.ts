/** Telephone numbers as people type and paste them. The daemon normalises them; here they are only checked and compared. Pure. */

import { phoneNumberText } from './format.ts';

/** Marks that cannot be seen, such as those of the direction of text. */
const INVISIBLE = /[\p{Cf}\p{M}]/gu;
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

/** An extension at the end of a number, as the daemon reads it. */
const EXTENSION = /(?:,+|;|;?\s*(?:ext(?:ension|n)?|x)[.:]?|#)\s*=?\s*\p{Nd}{1,10}#?\s*$/iu;
const SIP_URI = /^sips?:[^\s@]+@[^\s@]+$/i;

const NUMBER_EXPECTED =
  'Enter a telephone number: + and 4 to 15 digits. Spaces, dashes and brackets are allowed.';

/** Returns why a number cannot be dialled, or undefined if it can. */
export function dialError(text: string): string | undefined {
  const digits = digitsOf(text.replace(EXTENSION, ''));
  return digits !== undefined && /^\+?\d{3,15}$/.test(digits) ? undefined : NUMBER_EXPECTED;
}

/** Whether a text is written as a SIP address, which may not be valid. */
export const isSipAddress = (text: string): boolean => /^sips?:|@/i.test(text.trim());

/** As {@link dialError}, for a number or a SIP address. */
export function destinationError(text: string): string | undefined {
  if (!isSipAddress(text)) return dialError(text);
  return SIP_URI.test(text.trim().replaceAll(INVISIBLE, ''))
    ? undefined
    : 'Enter a SIP address, such as sip:desk@example.com.';
}

/** Formats a destination as it was entered for people: numbers in groups. */
export const destinationText = (text: string): string =>
  isSipAddress(text) ? text.trim() : (phoneNumberText(digitsOf(text) ?? text.trim()) ?? '');
