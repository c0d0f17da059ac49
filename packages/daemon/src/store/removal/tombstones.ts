/**
 * Remembers which calls were erased, so that a redelivery of the provider does not store them again. Of each call only a keyed
 * digest of its provider and the provider's id is stored, for a limited time.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { ProviderCallId, ProviderId } from '@sidetone/core';
import { and, eq, lte, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { meta, pluginState } from '../schema.ts';

/** How long an erased call is remembered, ms. */
export const TOMBSTONE_MS = 30 * 24 * 60 * 60_000;

/** Their owner in the state of plugins: not a possible id of a provider or transcriber. */
export const ERASED_CALLS = 'sidetone.erased';
/** The row of `meta` with the key of the digests. */
export const TOMBSTONE_KEY = 'tombstone_key';

export interface Tombstones {
  /** Call it in the transaction that erases the call. */
  add(providerId: ProviderId, providerCallId: ProviderCallId, now: number): void;
  has(providerId: ProviderId, providerCallId: ProviderCallId, now: number): boolean;
  /** Forgets the calls that were erased too long ago. Call it in a transaction. */
  expire(now: number): void;
}

export function createTombstones(db: Db): Tombstones {
  const { owner, key: digest, value: erasedAt } = pluginState;
  const readKey = db.$client.prepare<[string], string>('select value from meta where key = ?').pluck();
  /** Absent until a call was erased; it never changes. Not set within a transaction, which may be rolled back. */
  let committedKey: string | undefined;
  const find = db
    .select({ erasedAt })
    .from(pluginState)
    .where(and(eq(owner, ERASED_CALLS), eq(digest, sql.placeholder('digest'))))
    .prepare();

  const digestOf = (key: string, providerId: ProviderId, providerCallId: ProviderCallId): string =>
    createHmac('sha256', key).update(`${providerId}\n${providerCallId}`).digest('base64url');

  function createKey(): string {
    const value = randomBytes(32).toString('base64url');
    db.insert(meta).values({ key: TOMBSTONE_KEY, value }).run();
    return value;
  }

  return {
    add(providerId, providerCallId, now) {
      const key = readKey.get(TOMBSTONE_KEY) ?? createKey();
      const value = String(now);
      db.insert(pluginState)
        .values({ owner: ERASED_CALLS, key: digestOf(key, providerId, providerCallId), value })
        .onConflictDoUpdate({ target: [owner, digest], set: { value } })
        .run();
    },
    has(providerId, providerCallId, now) {
      committedKey ??= readKey.get(TOMBSTONE_KEY);
      if (committedKey === undefined) return false;
      const found = find.get({ digest: digestOf(committedKey, providerId, providerCallId) });
      return found !== undefined && now - Number(found.erasedAt) < TOMBSTONE_MS;
    },
    expire(now) {
      const isExpired = lte(sql`cast(${erasedAt} as integer)`, now - TOMBSTONE_MS);
      db.delete(pluginState)
        .where(and(eq(owner, ERASED_CALLS), isExpired))
        .run();
    },
  };
}
