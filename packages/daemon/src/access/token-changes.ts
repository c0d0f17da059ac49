/**
 * Notices that the access tokens of the configuration differ from those at the last start, and writes it to the audit log.
 * Names and scopes are kept for the comparison. Of the secrets only one slow, salted hash of all of them together is kept, so
 * that the database does not help to guess one.
 */
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { NowOrLater } from '../now-or-later.ts';
import type { AccessToken } from './access-tokens.ts';
import type { AuditedToken, AuditLog, TokenChanges } from './audit.ts';
import type { Scope } from './viewer.ts';

/** The owner of what access control keeps in the state store. No plugin can have this id. */
export const ACCESS = 'daemon/access';

const hash = promisify<string, Buffer, number, Buffer>(scrypt);
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** What is known about the tokens of the last start. */
export interface TokenState {
  readonly tokens: readonly AuditedToken[];
  /** Base64. */
  readonly salt: string;
  /** Base64. */
  readonly secrets: string;
}

const NO_TOKENS: TokenState = { tokens: [], salt: '', secrets: '' };

/** Returns the state to keep for the tokens, with the salt of the state before. */
export async function tokenStateOf(
  tokens: readonly AccessToken[],
  before: TokenState | undefined,
): Promise<TokenState> {
  if (tokens.length === 0) return NO_TOKENS;
  const sorted = tokens.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const salt = before?.salt ? Buffer.from(before.salt, 'base64') : randomBytes(SALT_BYTES);
  const secrets = await hash(sorted.map(({ sha256 }) => sha256).join(), salt, HASH_BYTES);
  return {
    tokens: sorted.map(({ name, scopes }) => ({ name, scopes: scopes.toSorted() })),
    salt: salt.toString('base64'),
    secrets: secrets.toString('base64'),
  };
}

/** Returns what differs; undefined if nothing does. Pure. */
export function tokenChanges(before: TokenState = NO_TOKENS, now: TokenState): TokenChanges | undefined {
  const old = new Map(before.tokens.map(({ name, scopes }) => [name, scopes]));
  const names = new Set(now.tokens.map(({ name }) => name));
  const added = now.tokens.filter(({ name }) => !old.has(name));
  const removed = before.tokens.filter(({ name }) => !names.has(name));
  const changed = now.tokens.filter(({ name, scopes }) => old.has(name) && !areEqual(old.get(name), scopes));
  const isSameSet = added.length + removed.length === 0;
  const secretsChanged = isSameSet && before.secrets !== now.secrets;
  const isUnchanged = isSameSet && changed.length === 0 && !secretsChanged;
  return isUnchanged ? undefined : { added, removed, changed, secretsChanged };
}

/** Keeps one text across restarts. */
interface KeptText {
  get(): NowOrLater<string | undefined>;
  set(text: string): NowOrLater<void>;
}

interface TokenAuditDeps {
  readonly kept: KeptText;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly now: () => number;
}

/** Writes to the audit log if the tokens are not those of the last start. @throws {FaultError} of kind store. */
export async function auditTokenChanges(
  tokens: readonly AccessToken[],
  { kept, audit, now }: TokenAuditDeps,
): Promise<void> {
  const text = await kept.get();
  const before = text === undefined ? undefined : (JSON.parse(text) as TokenState);
  const state = await tokenStateOf(tokens, before);
  const details = tokenChanges(before, state);
  if (!details) return;
  // In this order, so that a crash in between repeats the entry and does not lose it.
  await audit.append({ at: now(), by: 'daemon', action: 'TOKENS_CHANGED', details });
  await kept.set(JSON.stringify(state));
}

const areEqual = (one: readonly Scope[] | undefined, other: readonly Scope[]): boolean =>
  one?.join() === other.join();
