/** The countries whose national numbers providers report. Plain data, so that it can be sent to other threads. */
import type { ProviderId } from '@sidetone/core';
import type { Country } from '@sidetone/plugin-kit';

export interface Countries {
  /** The country of providers that are not listed. Without it, their national numbers are kept as reported. */
  readonly default?: Country;
  readonly byProvider: Readonly<Record<string, Country>>;
}

export const NO_COUNTRIES: Countries = { byProvider: {} };

interface CountryConfig {
  readonly country?: Country | undefined;
  readonly providers: Readonly<Record<string, { readonly country?: Country | undefined }>>;
}

export function countriesOf({ country, providers }: CountryConfig): Countries {
  const own = Object.entries(providers).flatMap(([id, { country: its }]) =>
    its ? [[id, its] as const] : [],
  );
  return { ...(country && { default: country }), byProvider: Object.fromEntries(own) };
}

export const countryOf = (countries: Countries, providerId: ProviderId): Country | undefined =>
  Object.hasOwn(countries.byProvider, providerId) ? countries.byProvider[providerId] : countries.default;

/** Returns each configured country once. */
export const allCountries = ({ default: first, byProvider }: Countries): readonly Country[] => [
  ...new Set([...(first ? [first] : []), ...Object.values(byProvider)]),
];
