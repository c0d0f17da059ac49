/** Entries that are taken once, by any instance of a cluster: only the state knows them, and decides who takes one. */
import { compareAndSet } from '@sidetone/plugin-kit';
import { decodeEntry, encodeEntry, loadEntries } from '../durable-state.ts';
import { parseStored, type OnceEntries, type OnceEntriesOptions, type StoredEntry } from './entries.ts';

/** How often an entry that another instance has changed is read again. */
const MAX_ATTEMPTS = 3;

export function createSharedEntries<Value extends object>({
  host,
  prefix,
  parse: parseValue,
  lifetimeMs,
  retryMs,
  limit,
  onLimit,
}: OnceEntriesOptions<Value>): OnceEntries<Value> {
  const { state, clock } = host;
  const parse = parseStored(parseValue);

  /** Returns the valid entries, oldest first, and deletes the others. */
  async function all(): Promise<(readonly [key: string, entry: StoredEntry<Value>])[]> {
    const entries = await loadEntries(host, prefix, parse);
    return entries.toSorted(([, one], [, other]) => one.expiresAt - other.expiresAt);
  }

  const remove = (key: string): Promise<void> => state.delete(prefix + key);

  return {
    async load() {
      await all();
    },
    async put(key, value) {
      const entries = (await all()).filter(([other]) => other !== key);
      for (const [oldest] of entries.slice(0, Math.max(0, entries.length + 1 - limit))) {
        onLimit();
        await remove(oldest);
      }
      const entry = { ...value, expiresAt: clock.elapsed() + lifetimeMs };
      await state.set(prefix + key, encodeEntry(clock, entry));
    },
    async get(key) {
      return decodeEntry(clock, await state.get(prefix + key), parse);
    },
    async take(key, isAccepted = () => true) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const stored = await state.get(prefix + key);
        const entry = decodeEntry(clock, stored, parse);
        if (!entry || !isAccepted(entry)) return undefined;
        if (entry.isTaken) return { value: entry, isRepeated: true };
        const taken = encodeEntry(clock, { ...entry, isTaken: true, expiresAt: clock.elapsed() + retryMs });
        if (await compareAndSet(state, prefix + key, stored, taken))
          return { value: entry, isRepeated: false };
      }
      return undefined;
    },
    delete: remove,
    async deleteWhere(isMatch) {
      for (const [key, entry] of await all()) if (isMatch(entry)) await remove(key);
    },
  };
}
