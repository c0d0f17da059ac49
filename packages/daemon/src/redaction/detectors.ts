/** What can be redacted, and how it is found. Every detector takes time in proportion to the text. Pure. */
import { parsePhoneNumber, type Country } from '@sidetone/plugin-kit';
import { passesLuhn, passesVerhoeff } from './check-digits.ts';
import { countDigits, findParts, wholeOf, type DigitRun, type Span } from './digit-runs.ts';

/** Built-in kinds, in the order in which they are looked for: the first one that finds a part of a text wins. */
export const REDACTED_KINDS = ['card', 'aadhaar', 'pan', 'email', 'phone'] as const;
export type RedactedKind = (typeof REDACTED_KINDS)[number];

/** What a reader sees instead. */
export const MARKS = {
  card: '[card number]',
  aadhaar: '[aadhaar]',
  pan: '[pan]',
  email: '[e-mail]',
  phone: '[phone number]',
} as const satisfies Record<RedactedKind, string>;

/** The fewest digits of what is found by its digits. */
export const FEWEST_DIGITS = { card: 13, aadhaar: 12, phone: 7 } as const;

/** The numbers of digits of the cards of each scheme. */
const CARDS: readonly (readonly [beginning: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|09|6|8|9)/, [14, 15, 16, 17, 18, 19]],
  [/^(?:35|220[0-4]|5[0678]|6)/, [13, 14, 15, 16, 17, 18, 19]],
  [/^8[12]/, [16]],
];

const isCard = (digits: string): boolean =>
  CARDS.some(([beginning, lengths]) => beginning.test(digits) && lengths.includes(digits.length)) &&
  passesLuhn(digits);

const isAadhaar = (digits: string, isAfterPlus: boolean): boolean =>
  !isAfterPlus && /^[2-9]/.test(digits) && passesVerhoeff(digits);

/** Parsing a possible telephone number takes tens of microseconds: most of them in one text. */
export const MAX_PHONE_CHECKS = 300;
/** A run with more digits is not looked through. */
const MOST_RUN_DIGITS = 60;

/** Numbers with a country code, and valid national numbers of the country. What is too much to check is replaced as a whole. */
function findPhones(text: string, runs: readonly DigitRun[], country: Country | undefined): readonly Span[] {
  let checks = 0;
  const isPhone = (digits: string, isAfterPlus: boolean): boolean =>
    checks++ < MAX_PHONE_CHECKS &&
    parsePhoneNumber(isAfterPlus ? `+${digits}` : digits, country) !== undefined;
  return runs.flatMap((run) =>
    checks >= MAX_PHONE_CHECKS || countDigits(run) > MOST_RUN_DIGITS
      ? [wholeOf(run)]
      : findParts(text, run, { fewest: FEWEST_DIGITS.phone, most: 15 }, isPhone),
  );
}

/** In one piece, or each character by itself. The fourth letter is the kind of holder. */
const PAN =
  /(?<![\p{L}\p{Nd}])(?:[A-Z]{3}[ABCFGHJKLPT][A-Z]\d{4}[A-Z]|[A-Z][ -][A-Z][ -][A-Z][ -][ABCFGHJKLPT][ -][A-Z](?:[ -]\d){4}[ -][A-Z])(?![\p{L}\p{Nd}])/giu;
/** The quantifiers are bounded, so the time is too. */
const EMAIL = /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\p{L}\p{Nd}-]{1,63}\.){1,8}\p{L}{2,24}/gu;

const spansOf = (text: string, pattern: RegExp): readonly Span[] =>
  [...text.matchAll(pattern)].map(({ 0: match, index }) => ({ start: index, end: index + match.length }));

type Detector = (text: string, runs: readonly DigitRun[], country: Country | undefined) => readonly Span[];

export const DETECTORS: { readonly [Kind in RedactedKind]: Detector } = {
  card: (text, runs) => runs.flatMap((run) => findParts(text, run, { fewest: 13, most: 19 }, isCard)),
  aadhaar: (text, runs) => runs.flatMap((run) => findParts(text, run, { fewest: 12, most: 12 }, isAadhaar)),
  pan: (text) => spansOf(text, PAN),
  email: (text) => (text.includes('@') ? spansOf(text, EMAIL) : []),
  phone: findPhones,
};
