/** The form to create an access token: validation, expiry and the state of tokens as text. Pure. */
import type { EnumOf, VariablesOf } from '../../api/graphql.ts';
import { dateTimeText } from '../../ui/format.ts';
import type { AccessToken, CREATE_TOKEN } from './documents.ts';

export type TokenInput = VariablesOf<typeof CREATE_TOKEN>['input'];

/** How long a token is valid. */
export const LIFETIMES = {
  day: { label: '1 day', days: 1 },
  week: { label: '7 days', days: 7 },
  quarter: { label: '90 days', days: 90 },
  year: { label: '1 year', days: 365 },
  unlimited: { label: 'Does not expire', days: undefined },
} as const;
export type Lifetime = keyof typeof LIFETIMES;

const DAY_MS = 86_400_000;
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

interface TokenForm {
  readonly name: string;
  readonly scopes: readonly EnumOf<'Scope'>[];
  readonly lifetime: Lifetime;
}

/** Returns the input of the API, or what is wrong. */
export function tokenInput(
  { name, scopes, lifetime }: TokenForm,
  now: number,
): TokenInput | { readonly problem: string } {
  if (!NAME.test(name))
    return { problem: 'Enter a name of 1 to 32 letters a to z, digits and dashes, starting with a letter.' };
  if (!scopes.some((scope) => scope !== 'MASKED_NUMBERS'))
    return { problem: 'Choose at least one permission.' };
  const { days } = LIFETIMES[lifetime];
  return {
    name,
    scopes: [...scopes],
    ...(days !== undefined && { expiresAt: new Date(now + days * DAY_MS).toISOString() }),
  };
}

type TokenState = Pick<AccessToken, 'state' | 'source' | 'expiresAt' | 'revokedAt'>;

const STATE_TEXTS = {
  REVOKED: ({ revokedAt }, now) => `Revoked${timeText(revokedAt, now)}`,
  EXPIRED: ({ expiresAt }, now) => `Expired${timeText(expiresAt, now)}`,
  REPLACED: () => 'Not valid: the configuration has a token with this name',
  ACTIVE({ source, expiresAt }, now) {
    if (expiresAt !== null) return `Valid until${timeText(expiresAt, now)}`;
    return source === 'CONFIGURATION' ? 'Valid, from the configuration' : 'Valid, does not expire';
  },
} as const satisfies Record<AccessToken['state'], (token: TokenState, now: number) => string>;

const timeText = (at: string | null, now: number): string => (at === null ? '' : ` ${dateTimeText(at, now)}`);

/** Describes whether a token is valid, and until when. */
export const stateText = (token: TokenState, now: number): string => STATE_TEXTS[token.state](token, now);

/** `ADMIN` includes all others, so only it is named. */
export const shownScopes = (scopes: AccessToken['scopes']): AccessToken['scopes'] =>
  scopes.includes('ADMIN') ? ['ADMIN'] : scopes;
