/** The keys by which the numbers of a call are found: one for each of its telephone numbers. */
import type { Call } from '@sidetone/core';
import { BoundedMap, parsePhoneNumber, readNumber, type Country } from '@sidetone/plugin-kit';
import { countryOf, type Countries } from './countries.ts';

/** Keys of addresses that are kept, because parsing one takes tens of microseconds. */
const MAX_KNOWN_KEYS = 10_000;
/** More digits are not those of a number, but of an identifier. */
const MAX_KEY_DIGITS = 20;

const known = new BoundedMap<string, string>(MAX_KNOWN_KEYS);

/**
 * Returns the key of an address as reported: E.164 with its plus if that is certain, otherwise only digits; empty if it has no
 * number.
 */
function keyOf(address: string, country: Country | undefined): string {
  const name = `${country ?? ''} ${address}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const key = parsePhoneNumber(address, country)?.e164 ?? digitsOf(address);
  known.set(name, key);
  return key;
}

function digitsOf(address: string): string {
  const digits = readNumber(address)?.digits.replace(/^\+/, '') ?? '';
  return digits.length <= MAX_KEY_DIGITS ? digits : '';
}

/** Returns the keys of a call, each once. */
export function numberKeysOf(
  { providerId, from, to }: Pick<Call, 'providerId' | 'from' | 'to'>,
  countries: Countries,
): readonly string[] {
  const country = countryOf(countries, providerId);
  const keys = [from, to].map((address) => (address === undefined ? '' : keyOf(address, country)));
  return [...new Set(keys)].filter((key) => key !== '');
}
