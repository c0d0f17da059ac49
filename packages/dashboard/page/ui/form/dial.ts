/** What can be dialled: telephone numbers and SIP addresses. Apart from the numbers of the first view, which dials nothing. Pure. */
import { phoneNumberText } from '../format.ts';
import { digitsOf, INVISIBLE } from '../phone-number.ts';

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
