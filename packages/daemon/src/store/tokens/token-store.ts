/** The rows of access tokens that are created while the daemon runs. */
import { FaultError } from '@sidetone/core';
import { and, asc, count, eq, isNotNull, isNull, lte, or } from 'drizzle-orm';
import { nameTaken } from '../../access/tokens/new-token.ts';
import {
  hasEnded,
  MAX_STORED_TOKENS,
  type StoredToken,
  type TokenStore,
} from '../../access/tokens/stored-token.ts';
import type { AtOnce } from '../../now-or-later.ts';
import { createAuditWriter } from '../audit/log.ts';
import type { Db } from '../db.ts';
import { accessTokens } from '../schema.ts';
import { StoreHealth } from '../store-health.ts';

export function createTokenStore(db: Db, health = new StoreHealth()): AtOnce<TokenStore> {
  const audit = createAuditWriter(db);
  return {
    list: () => health.read(() => db.select().from(accessTokens).all()),
    put(token, entry) {
      health.write(db, () => {
        makeRoom(db, token);
        db.insert(accessTokens)
          .values(token)
          .onConflictDoUpdate({ target: accessTokens.name, set: token })
          .run();
        audit(entry);
      });
    },
    revoke: (name, revokedAt, entry) =>
      health.write(db, () => {
        const isValid = and(eq(accessTokens.name, name), isNull(accessTokens.revokedAt));
        const { changes } = db.update(accessTokens).set({ revokedAt }).where(isValid).run();
        if (changes > 0) audit(entry);
        return changes > 0;
      }),
    // Asked twice a second: that another program writes at this moment is not a failure of the store.
    version: () => db.$client.pragma('data_version', { simple: true }) as number,
  };
}

/** Deletes the oldest ended token if all places are taken. @throws {FaultError} INPUT_INVALID, LIMIT_TOKENS */
function makeRoom(db: Db, { name, createdAt: now }: StoredToken): void {
  const [total] = db.select({ rows: count() }).from(accessTokens).all();
  const replaced = db.select().from(accessTokens).where(eq(accessTokens.name, name)).get();
  if (replaced && !hasEnded(replaced, now)) throw nameTaken(name);
  if (replaced || (total?.rows ?? 0) < MAX_STORED_TOKENS) return;
  const isEnded = or(isNotNull(accessTokens.revokedAt), lte(accessTokens.expiresAt, now));
  const oldest = db
    .select({ name: accessTokens.name })
    .from(accessTokens)
    .where(isEnded)
    .orderBy(asc(accessTokens.createdAt))
    .limit(1)
    .get();
  if (!oldest) throw new FaultError('LIMIT_TOKENS', `there are ${MAX_STORED_TOKENS} access tokens already`);
  db.delete(accessTokens).where(eq(accessTokens.name, oldest.name)).run();
}
