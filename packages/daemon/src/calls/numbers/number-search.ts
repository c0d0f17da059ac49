/**
 * Searches for numbers. A search is what a person types or pastes: a number in any notation, its beginning, or its last
 * digits. It matches the keys of `number-keys.ts`. Pure.
 */
import { callingCodeOf, parsePhoneNumber, readNumber, type Country } from '@sidetone/plugin-kit';
import { allCountries, type Countries } from './countries.ts';

/** The fewest digits that are searched for at the end of numbers. */
export const MIN_LAST_DIGITS = 4;
/** The most digits of a search. */
export const MAX_NUMBER_DIGITS = 20;
/** Shorter numbers are not completed with a country code: too many calls would match. */
const MIN_NATIONAL_DIGITS = 6;

/** Shorter texts are not complete numbers; short codes have three digits. */
const MIN_COMPLETE_DIGITS = 3;

/** Plain data. A call matches if one of its keys matches one of the three. */
export interface NumberSearch {
  /** Beginnings of keys. */
  readonly beginnings: readonly string[];
  /** Complete keys: national numbers whose country is not known. */
  readonly nationals: readonly string[];
  /** Last digits of keys. */
  readonly lastDigits: readonly string[];
  /** The countries that determine the keys of calls. */
  readonly countries: Countries;
}

/** Returns undefined if the text is not 1 to {@link MAX_NUMBER_DIGITS} digits. */
export function parseNumberSearch(text: string, countries: Countries): NumberSearch | undefined {
  const written = readNumber(text)?.digits;
  const digits = written?.replace(/^\+/, '') ?? '';
  if (written === undefined || digits.length > MAX_NUMBER_DIGITS) return undefined;
  const national = written === digits ? nationalSearch(digits, allCountries(countries)) : NOTHING;
  const numbers = [parsePhoneNumber(`+${digits}`), ...national.numbers].filter(
    (number) => number !== undefined,
  );
  return {
    beginnings: unique([
      `+${digits}`,
      digits,
      ...numbers.map(({ e164 }) => e164),
      ...national.codes.flatMap((code) => [`+${code}`, code]),
    ]),
    nationals: unique(numbers.flatMap((number) => [number.national, `0${number.national}`])),
    lastDigits: unique(national.lastDigits.filter((last) => last.length >= MIN_LAST_DIGITS)),
    countries,
  };
}

/** Returns the search for a complete number in any notation; undefined if the text is not one. */
export function exactNumberSearch(text: string, countries: Countries): NumberSearch | undefined {
  const search = parseNumberSearch(text, countries);
  if (!search || (search.beginnings[1]?.length ?? 0) < MIN_COMPLETE_DIGITS) return undefined;
  const complete = unique([...search.beginnings, ...search.nationals]);
  return { beginnings: [], nationals: complete, lastDigits: [], countries };
}

const NOTHING = { numbers: [], codes: [], lastDigits: [] } as const;

/** Returns what digits without a country code can be: a number of each country, its beginning, or the last digits. */
function nationalSearch(digits: string, known: readonly Country[]) {
  const withoutTrunk = digits.replace(/^0+/, '');
  const isLong = withoutTrunk.length >= MIN_NATIONAL_DIGITS;
  return {
    numbers: known.map((country) => parsePhoneNumber(digits, country)),
    codes: [
      ...(isLong ? known.map((country) => callingCodeOf(country) + withoutTrunk) : []),
      ...internationalBeginnings(digits),
    ],
    lastDigits: [digits, withoutTrunk],
  };
}

/** `011` is the international prefix in North America. */
const internationalBeginnings = (digits: string): readonly string[] =>
  /^011[1-9]\d{5,}$/.test(digits) ? [digits.slice(3)] : [];

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

export function matchesNumber(
  keys: readonly string[],
  { beginnings, nationals, lastDigits }: NumberSearch,
): boolean {
  return keys.some(
    (key) =>
      beginnings.some((beginning) => key.startsWith(beginning)) ||
      nationals.includes(key) ||
      lastDigits.some((last) => key.endsWith(last)),
  );
}
