/** Makes an access token: what its owner receives once, and what is stored. */
import { createHash, randomBytes } from 'node:crypto';
import { FaultError } from '@sidetone/core';
import type { Scope } from '../viewer.ts';
import type { StoredToken } from './stored-token.ts';

/** Begins every token, so that a scanner of repositories and logs recognises one. */
export const TOKEN_PREFIX = 'sidetone_';
/** Random bytes of a token: too many to guess, so a fast hash without a salt is sufficient. */
const SECRET_BYTES = 32;

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** Names that the audit log and stored commands use for others than owners of tokens. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['local', 'daemon']);

export interface TokenRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Epoch ms; null for a token without expiry. */
  readonly expiresAt: number | null;
}

export interface NewToken {
  /** Not stored anywhere. */
  readonly secret: string;
  readonly token: StoredToken;
}

/**
 * @param taken names of tokens that are in use.
 * @throws {FaultError} INPUT_INVALID
 */
export function newToken(
  { name, scopes, expiresAt }: TokenRequest,
  { by, now, taken }: { readonly by: string; readonly now: number; readonly taken: ReadonlySet<string> },
): NewToken {
  if (!NAME.test(name))
    throw invalid('name', `expected 1 to 32 of a-z, 0-9 and -, starting with a letter, received "${name}"`);
  if (RESERVED_NAMES.has(name)) throw invalid('name', `expected a name other than "${name}"`);
  if (taken.has(name)) throw nameTaken(name);
  if (scopes.length === 0) throw invalid('scopes', 'expected at least one scope');
  if (expiresAt !== null && expiresAt <= now) throw invalid('expiresAt', 'expected a time in the future');
  const secret = TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
  const token = {
    name,
    sha256: createHash('sha256').update(secret).digest('hex'),
    scopes: [...new Set(scopes)],
    createdAt: now,
    createdBy: by,
    expiresAt,
    revokedAt: null,
  };
  return { secret, token };
}

/** The fault of a token whose name a valid one has. */
export const nameTaken = (name: string): FaultError =>
  invalid('name', `expected a name that no other token has, received "${name}"`);

const invalid = (argument: string, problem: string): FaultError =>
  new FaultError('INPUT_INVALID', `${argument}: ${problem}`, { details: { argument } });
