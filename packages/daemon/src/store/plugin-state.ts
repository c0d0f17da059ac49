/** The durable key/value store of plugins. */
import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { StateStore } from '../plugins/ports.ts';
import type { Db } from './db.ts';
import { pluginState } from './schema.ts';
import { StoreHealth } from './store-health.ts';

/** Sorts after every character, so `prefix + END` is an upper bound of all keys with the prefix. */
const END = '\u{10FFFF}';

/** @param health receives failures of the store. */
export function createStateStore(db: Db, health = new StoreHealth()): StateStore {
  const { owner: ownerColumn, key: keyColumn } = pluginState;
  return {
    get: (owner, key) =>
      health.read(
        () =>
          db
            .select()
            .from(pluginState)
            .where(and(eq(ownerColumn, owner), eq(keyColumn, key)))
            .get()?.value,
      ),
    set(owner, key, value) {
      const target = [ownerColumn, keyColumn];
      const row = { owner, key, value };
      health.write(db, () =>
        db.insert(pluginState).values(row).onConflictDoUpdate({ target, set: { value } }).run(),
      );
    },
    delete(owner, key) {
      const isEntry = and(eq(ownerColumn, owner), eq(keyColumn, key));
      health.write(db, () => db.delete(pluginState).where(isEntry).run());
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
