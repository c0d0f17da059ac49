/** Reads the digits of a telephone number as people and providers write it. Knows no countries. Pure and total. */
import { normalizeUnicode } from '@sidetone/core';

/** Longer texts are no telephone numbers, characters. */
const MAX_CHARACTERS = 300;
/** Marks that cannot be seen, such as those of the direction of text, and accents left by the normalization. */
const INVISIBLE = /[\p{Cf}\p{M}]/gu;
const SEPARATORS = /[\s\p{Pd}\u2212().[\]/\u00B7\u2022\u2027_]/gu;
const PLUS = /[\u2795\u207A]/gu;
/** `Ana <sip:...>`, as in the headers of SIP. */
const IN_BRACKETS = /<([^<>]+)>[^<>]*$/;
const SIP = /^sips?:/i;
/** The scheme of `tel:`, `callto:` and others, which are followed by a number. */
const SCHEME = /^[a-z][a-z+.-]*:(?:\/\/)?/i;
const EXTENSION = /(?:,+|;|;?\s*(?:ext(?:ension|n)?|x)[.:]?|#)\s*=?\s*(\d{1,10})#?$/i;
const DIGITS = /^\+*\d+$/;

/** The digits of a number, as written: national or international. */
export interface NumberText {
  /** ASCII digits; with a leading `+` if the number is written with its country code. */
  readonly digits: string;
  readonly extension?: string;
}

/** Returns undefined if the text is not a telephone number, or an address whose user is one. */
export function readNumber(text: string): NumberText | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const plain = asciiDigits(normalizeUnicode(text.replaceAll(PLUS, '+'), 'NFKC').replaceAll(INVISIBLE, ''));
  const address = IN_BRACKETS.exec(plain)?.[1] ?? plain;
  const { number, parameters } = partsOf(address.trim());
  const extension = EXTENSION.exec(number)?.[1] ?? parameters.get('ext');
  const written = number.replace(EXTENSION, '').replaceAll(SEPARATORS, '');
  if (!DIGITS.test(written)) return undefined;
  const context = (parameters.get('phone-context') ?? '').replaceAll(SEPARATORS, '');
  const digits = withInternationalPrefix(/^\+\d+$/.test(context) ? inContext(written, context) : written);
  return { digits, ...(extension !== undefined && { extension }) };
}

/** Separates the number from the scheme, the host and the parameters of an address. */
function partsOf(address: string): {
  readonly number: string;
  readonly parameters: ReadonlyMap<string, string>;
} {
  const isUri = SCHEME.test(address);
  const user = address.replace(SCHEME, '').replace(/@[^@]*$/, '');
  // `sip:host` has no user.
  if (SIP.test(address) && !address.includes('@')) return { number: '', parameters: new Map() };
  if (!isUri && !address.includes('@')) return { number: address, parameters: new Map() };
  const [number = '', ...parameters] = decode(user).replace(/:.*$/, '').split(';');
  const entries = parameters.map((parameter) => parameter.toLowerCase().split('='));
  return {
    number,
    parameters: new Map(entries.map(([name = '', value = '']) => [name.trim(), value.trim()])),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A national number with the context `+91` is a number of that country. */
const inContext = (digits: string, context: string): string =>
  digits.startsWith('+') ? digits : context + digits;

/** `00` is the international prefix that the ITU recommends. No country has national numbers with two zeros. */
const withInternationalPrefix = (digits: string): string =>
  digits.replace(/^(?:\++(?:00)?|00)(?=[1-9])/, '+');

/** Converts the decimal digits of every script to ASCII; other characters stay. */
export function asciiDigits(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0)!)));
}

/** Unicode lists the decimal digits of a script from 0 to 9, one after the other. */
function digitValue(codePoint: number): number {
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(codePoint - before - 1))) before++;
  return before % 10;
}
