/** The durable key/value store of plugins. */
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type { AtOnce } from '../now-or-later.ts';
import type { StateStore } from '../plugins/ports.ts';
import { excluded, placeholders, type Db } from './db.ts';
import { pluginState } from './schema.ts';
import { StoreHealth } from './store-health.ts';

/** Sorts after every character, so `prefix + END` is an upper bound of all keys with the prefix. */
const END = '\u{10FFFF}';

/** @param health receives failures of the store. */
export function createStateStore(db: Db, health = new StoreHealth()): AtOnce<StateStore> {
  const { owner: ownerColumn, key: keyColumn } = pluginState;
  const isEntry = and(eq(ownerColumn, sql.placeholder('owner')), eq(keyColumn, sql.placeholder('key')));
  const find = db.select({ value: pluginState.value }).from(pluginState).where(isEntry).prepare();
  const remove = db.delete(pluginState).where(isEntry).prepare();
  const put = db
    .insert(pluginState)
    .values(placeholders(pluginState))
    .onConflictDoUpdate({ target: [ownerColumn, keyColumn], set: excluded(pluginState, ['owner', 'key']) })
    .prepare();
  const add = db.insert(pluginState).values(placeholders(pluginState)).onConflictDoNothing().prepare();
  const isExpected = and(isEntry, eq(pluginState.value, sql.placeholder('expected')));
  const replace = db
    .update(pluginState)
    .set({ value: sql`${sql.placeholder('value')}` })
    .where(isExpected)
    .prepare();
  const removeExpected = db.delete(pluginState).where(isExpected).prepare();

  function compareAndSet(owner: string, key: string, expected?: string, value?: string): boolean {
    if (expected === undefined && value === undefined) return find.get({ owner, key }) === undefined;
    if (expected === undefined) return add.run({ owner, key, value }).changes > 0;
    if (value === undefined) return removeExpected.run({ owner, key, expected }).changes > 0;
    return replace.run({ owner, key, expected, value }).changes > 0;
  }

  return {
    isShared: false,
    get: (owner, key) => health.read(() => find.get({ owner, key })?.value),
    set: (owner, key, value) => void health.write(db, () => put.run({ owner, key, value })),
    delete: (owner, key) => void health.write(db, () => remove.run({ owner, key })),
    compareAndSet: (owner, key, expected, value) =>
      health.write(db, () => compareAndSet(owner, key, expected, value)),
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
