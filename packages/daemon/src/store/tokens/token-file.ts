/** Access tokens in a database file: for the first token of a daemon, and if all tokens were lost. The daemon may be running. */
import { FaultError } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { NOBODY } from '../../access/audit.ts';
import { newToken, type TokenRequest } from '../../access/tokens/new-token.ts';
import { hasEnded, type StoredToken } from '../../access/tokens/stored-token.ts';
import { createTokenStore } from './token-store.ts';
import { hasContent, inspect } from '../opening/database-file.ts';
import { MIGRATIONS, openDatabase } from '../database.ts';
import * as schema from '../schema.ts';
import { openFailure } from '../store-failure.ts';

/** How long a statement waits for the daemon, which writes often but briefly, ms. */
const BUSY_TIMEOUT_MS = 5000;

interface FileToken extends StoredToken {
  readonly state: 'ACTIVE' | 'EXPIRED' | 'REVOKED';
  readonly lastUsedAt: undefined;
}

interface TokenFile {
  list(now: number): readonly FileToken[];
  /** Returns the token. @throws {FaultError} INPUT_INVALID, LIMIT_TOKENS, or of kind store. */
  create(request: TokenRequest, now: number): string;
  /** @throws {FaultError} TOKEN_NOT_FOUND, or of kind store. */
  revoke(name: string, now: number): void;
  close(): void;
}

/** Creates the file if it does not exist. @throws {FaultError} of kind store. */
export function openTokenFile(path: string): TokenFile {
  if (!hasContent(path)) openDatabase(path, 'full').close();
  const sqlite = open(path);
  const store = createTokenStore(drizzle(sqlite, { schema }));
  const valid = (now: number): readonly StoredToken[] =>
    store.list().filter((token) => !hasEnded(token, now));
  return {
    list: (now) =>
      store.list().map((token) => ({ ...token, state: stateOf(token, now), lastUsedAt: undefined })),
    create(request, now) {
      const taken = new Set(valid(now).map(({ name }) => name));
      const { secret, token } = newToken(request, { by: NOBODY, now, taken });
      const { name, scopes, expiresAt } = token;
      store.put(token, {
        at: now,
        by: NOBODY,
        action: 'TOKEN_CREATED',
        details: { name, scopes, expiresAt },
      });
      return secret;
    },
    revoke(name, now) {
      const isValid = valid(now).some((token) => token.name === name);
      const entry = { at: now, by: NOBODY, action: 'TOKEN_REVOKED', details: { name } } as const;
      if (!isValid || !store.revoke(name, now, entry))
        throw new FaultError(
          'TOKEN_NOT_FOUND',
          'there is no valid access token with this name in the database',
        );
    },
    close: () => sqlite.close(),
  };
}

function open(path: string): Sqlite.Database {
  let sqlite: Sqlite.Database | undefined;
  try {
    inspect(path, MIGRATIONS);
    sqlite = new Sqlite(path, { fileMustExist: true });
    sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (sqlite.prepare(`select 1 from sqlite_schema where name = 'access_tokens'`).get() === undefined)
      throw new FaultError(
        'STORE_UNREADABLE',
        `${path}: was written by an earlier release; start the daemon once, which migrates it`,
      );
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw openFailure(path, error);
  }
}

function stateOf(token: StoredToken, now: number): FileToken['state'] {
  if (token.revokedAt !== null) return 'REVOKED';
  return hasEnded(token, now) ? 'EXPIRED' : 'ACTIVE';
}
