/** The durable key/value store of plugins. */
import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { StateStore } from '../plugins/ports.ts';
import type { Db } from './db.ts';
import { pluginState } from './schema.ts';

/** Sorts after every character, so `prefix + END` is an upper bound of all keys with the prefix. */
const END = '\u{10FFFF}';

export function createStateStore(db: Db): StateStore {
  const { providerId: owner, key: name } = pluginState;
  return {
    get: (providerId, key) =>
      db
        .select()
        .from(pluginState)
        .where(and(eq(owner, providerId), eq(name, key)))
        .get()?.value,
    set(providerId, key, value) {
      const target = [owner, name];
      db.insert(pluginState)
        .values({ providerId, key, value })
        .onConflictDoUpdate({ target, set: { value } })
        .run();
    },
    delete(providerId, key) {
      db.delete(pluginState)
        .where(and(eq(owner, providerId), eq(name, key)))
        .run();
    },
    list: (providerId, prefix) =>
      db
        .select()
        .from(pluginState)
        .where(and(eq(owner, providerId), gte(name, prefix), lt(name, prefix + END)))
        .orderBy(asc(name))
        .all()
        .map((row) => [row.key, row.value] as const),
  };
}
