/** Access tokens in a database: for the first token of a daemon, and if all tokens were lost. The daemon may be running. */
import { FaultError } from '@sidetone/core';
import { NOBODY } from '../../access/audit.ts';
import { newToken, type TokenRequest } from '../../access/tokens/new-token.ts';
import { hasEnded, type StoredToken, type TokenStore } from '../../access/tokens/stored-token.ts';

export interface OfflineToken extends StoredToken {
  readonly state: 'ACTIVE' | 'EXPIRED' | 'REVOKED';
  readonly lastUsedAt: undefined;
}

export class OfflineTokens {
  readonly #store: TokenStore;
  readonly #close: () => void | Promise<void>;

  /** @param close closes the database. */
  constructor(store: TokenStore, close: () => void | Promise<void>) {
    this.#store = store;
    this.#close = close;
  }

  async list(now: number): Promise<readonly OfflineToken[]> {
    const stored = await this.#store.list();
    return stored.map((token) => ({ ...token, state: stateOf(token, now), lastUsedAt: undefined }));
  }

  /** Returns the token. @throws {FaultError} INPUT_INVALID, LIMIT_TOKENS, or of kind store. */
  async create(request: TokenRequest, now: number): Promise<string> {
    const taken = new Set((await this.#valid(now)).map(({ name }) => name));
    const { secret, token } = newToken(request, { by: NOBODY, now, taken });
    const { name, scopes, expiresAt } = token;
    const details = { name, scopes, expiresAt };
    await this.#store.put(token, { at: now, by: NOBODY, action: 'TOKEN_CREATED', details });
    return secret;
  }

  /** @throws {FaultError} TOKEN_NOT_FOUND, or of kind store. */
  async revoke(name: string, now: number): Promise<void> {
    const isValid = (await this.#valid(now)).some((token) => token.name === name);
    const entry = { at: now, by: NOBODY, action: 'TOKEN_REVOKED', details: { name } } as const;
    if (!isValid || !(await this.#store.revoke(name, now, entry)))
      throw new FaultError(
        'TOKEN_NOT_FOUND',
        'there is no valid access token with this name in the database',
      );
  }

  close(): void | Promise<void> {
    return this.#close();
  }

  async #valid(now: number): Promise<readonly StoredToken[]> {
    return (await this.#store.list()).filter((token) => !hasEnded(token, now));
  }
}

function stateOf(token: StoredToken, now: number): OfflineToken['state'] {
  if (token.revokedAt !== null) return 'REVOKED';
  return hasEnded(token, now) ? 'EXPIRED' : 'ACTIVE';
}
