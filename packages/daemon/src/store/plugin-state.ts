/** The durable key/value store of plugins. */
import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { StateStore } from '../plugins/ports.ts';
import type { Db } from './db.ts';
import { pluginState } from './schema.ts';

/** Sorts after every character, so `prefix + END` is an upper bound of all keys with the prefix. */
const END = '\u{10FFFF}';

export function createStateStore(db: Db): StateStore {
  const { owner: ownerColumn, key: keyColumn } = pluginState;
  return {
    get: (owner, key) =>
      db
        .select()
        .from(pluginState)
        .where(and(eq(ownerColumn, owner), eq(keyColumn, key)))
        .get()?.value,
    set(owner, key, value) {
      const target = [ownerColumn, keyColumn];
      db.insert(pluginState)
        .values({ owner, key, value })
        .onConflictDoUpdate({ target, set: { value } })
        .run();
    },
    delete(owner, key) {
      db.delete(pluginState)
        .where(and(eq(ownerColumn, owner), eq(keyColumn, key)))
        .run();
    },
    list: (owner, prefix) =>
      db
        .select()
        .from(pluginState)
        .where(and(eq(ownerColumn, owner), gte(keyColumn, prefix), lt(keyColumn, prefix + END)))
        .orderBy(asc(keyColumn))
        .all()
        .map((row) => [row.key, row.value] as const),
  };
}
