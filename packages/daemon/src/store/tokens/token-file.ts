/** The access tokens of a database file. */
import { FaultError } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { hasContent, inspect } from '../opening/database-file.ts';
import { MIGRATIONS, openDatabase } from '../database.ts';
import * as schema from '../schema.ts';
import { openFailure } from '../store-failure.ts';
import { OfflineTokens } from './offline-tokens.ts';
import { createTokenStore } from './token-store.ts';

/** How long a statement waits for the daemon, which writes often but briefly, ms. */
const BUSY_TIMEOUT_MS = 5000;

/** Creates the file if it does not exist. @throws {FaultError} of kind store. */
export function openTokenFile(path: string): OfflineTokens {
  if (!hasContent(path)) openDatabase(path, 'full').close();
  const sqlite = open(path);
  return new OfflineTokens(createTokenStore(drizzle(sqlite, { schema })), () => void sqlite.close());
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
