/**
 * Finds the access token of a request. The `Authorization` header can be that of a proxy (`Basic`, or a token of its own), so it
 * does not hide a token elsewhere. A token in a URL is accepted as it was pasted, and percent-encoded.
 */
import type { IncomingMessage } from 'node:http';

/** The header for clients whose `Authorization` header is needed by a proxy. */
export const TOKEN_HEADER = 'x-access-token';

export interface TokenSources {
  readonly headers: IncomingMessage['headers'];
  /** All values of repeated headers: a proxy may add a second `Authorization`. */
  readonly headersDistinct?: IncomingMessage['headersDistinct'];
  /** If present, the token may be in the query of this URL. */
  readonly url?: string | undefined;
  /** The payload of `connection_init`. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** The number of `Authorization` headers and credentials in them that are considered. */
export const MAX_CREDENTIALS = 4;

/**
 * Returns the texts of which one may be a known token; empty without a token. The payload of `connection_init` decides alone,
 * then the header for tokens; after them, the `Authorization` header and the URL have the same rank.
 */
export function presentedTokens({
  headers,
  headersDistinct,
  url,
  payload = {},
}: TokenSources): readonly string[] {
  const own = [
    ...bearersIn(fieldOf(payload, 'authorization')),
    ...plainTokensIn(fieldOf(payload, TOKEN_HEADER)),
  ];
  if (own.length > 0) return own;
  const plain = plainTokensIn(headers[TOKEN_HEADER]);
  if (plain.length > 0) return plain;
  const lines = headersDistinct?.authorization ?? [headers.authorization];
  const bearers = lines.slice(0, MAX_CREDENTIALS).flatMap(bearersIn);
  return [...bearers, ...(url === undefined ? [] : urlTokensIn(url))];
}

/** Clients write the names of the fields as those of headers, in any case. */
const fieldOf = (payload: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.entries(payload).find(([key]) => key.toLowerCase() === name)?.[1];

/** Returns the tokens of `Bearer <token>`, also if a proxy joined several credentials with commas. */
function bearersIn(text: unknown): readonly string[] {
  if (typeof text !== 'string') return [];
  return [text, ...text.split(',').slice(0, MAX_CREDENTIALS)].flatMap(
    (credential) => /^\s*Bearer +(\S+)\s*$/i.exec(credential)?.[1] ?? [],
  );
}

/** Returns the token of the header for tokens, with or without `Bearer`. */
const plainTokensIn = (text: unknown): readonly string[] =>
  typeof text === 'string' && text.trim() !== '' ? [text.trim(), ...bearersIn(text)] : [];

/** Returns the forms of `?token=`: as it is, and decoded, with `+` as itself and as a space. */
function urlTokensIn(url: string): readonly string[] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  const field = query.split('&').find((each) => each.startsWith('token='));
  const raw = field?.slice('token='.length);
  if (raw === undefined || raw === '') return [];
  return [raw, decoded(raw), decoded(raw.replaceAll('+', ' '))].filter((form) => form !== undefined);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
