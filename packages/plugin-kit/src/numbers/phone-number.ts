/** Telephone numbers in E.164, if that is certain. Uses the numbering plans of libphonenumber. Pure. */
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { readNumber } from './number-text.ts';

/** An ISO 3166 code of a country with a numbering plan, such as `IN`. */
export type Country = Parameters<typeof getCountryCallingCode>[0];

export const isCountry = (text: string): text is Country => isSupportedCountry(text);

/** Returns the country of a host, or undefined if the numbering plans do not know it. */
export const supportedCountry = (text: string | undefined): Country | undefined =>
  text !== undefined && isCountry(text) ? text : undefined;

/** Returns the calling code of a country without the plus, such as `91`. */
export const callingCodeOf = (country: Country): string => getCountryCallingCode(country);

export interface PhoneNumber {
  /** E.164 with its plus. */
  readonly e164: string;
  /** The number without its country code and without a trunk prefix. */
  readonly national: string;
  readonly extension?: string;
}

/**
 * Returns the number that a text certainly is, in any notation: with spaces, brackets and invisible characters, digits of any
 * script, with `00`, as a `tel:` URI or the user of a SIP address. A number without a country code is certain only if it is a
 * valid number of `country`: without a country, ten digits are not a number with a country code.
 */
export function parsePhoneNumber(text: string, country?: Country): PhoneNumber | undefined {
  const written = readNumber(text);
  if (written === undefined) return undefined;
  const { digits, extension } = written;
  const parsed = parsePhoneNumberFromString(digits, {
    ...(country && { defaultCountry: country }),
    extract: false,
  });
  // New ranges of a country are not valid numbers until the numbering plans are updated, but have a possible length.
  const isCertain = digits.startsWith('+')
    ? parsed?.isPossible()
    : country !== undefined && parsed?.isValid();
  if (!parsed || !isCertain) return undefined;
  return {
    e164: parsed.number,
    national: parsed.nationalNumber,
    ...(extension !== undefined && { extension }),
  };
}

/** The fewest and the most digits of a number without a country code that can be dialled. */
const NATIONAL = /^\d{3,15}$/;

export interface DialledNumber {
  readonly number: string;
  readonly extension?: string;
}

/**
 * Returns the number to send to a provider: E.164 if that is certain, otherwise the digits of a national number or a short
 * code, whose country the provider knows; undefined if the text is not a telephone number.
 */
export function dialledNumber(text: string, country?: Country): DialledNumber | undefined {
  const parsed = parsePhoneNumber(text, country);
  if (parsed)
    return { ...(parsed.extension !== undefined && { extension: parsed.extension }), number: parsed.e164 };
  const written = readNumber(text);
  if (!written || !NATIONAL.test(written.digits)) return undefined;
  return { ...(written.extension !== undefined && { extension: written.extension }), number: written.digits };
}
