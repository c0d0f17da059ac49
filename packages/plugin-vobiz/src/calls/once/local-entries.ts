/** Entries that are taken once, of the only instance: memory decides, and a slow disk delays no answer to a call. */
import { BoundedMap } from '@sidetone/plugin-kit';
import { boundedWrite, encodeEntry, loadEntries } from '../durable-state.ts';
import { parseStored, type OnceEntries, type OnceEntriesOptions } from './entries.ts';

export function createLocalEntries<Value extends object>({
  host,
  prefix,
  parse,
  lifetimeMs,
  retryMs,
  limit,
  onLimit,
}: OnceEntriesOptions<Value>): OnceEntries<Value> {
  interface Entry {
    readonly value: Value;
    readonly expiresAt: number;
    readonly isTaken: boolean;
  }
  const entries = new BoundedMap<string, Entry>(limit, (key, entry) => {
    onLimit();
    if (!entry.isTaken) void deleteStored(key);
  });

  const valid = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    return entry && entry.expiresAt > host.clock.elapsed() ? entry : undefined;
  };
  const deleteStored = (key: string): Promise<void> => boundedWrite(host, host.state.delete(prefix + key));

  async function drop(key: string): Promise<void> {
    const entry = entries.get(key);
    entries.delete(key);
    if (entry && !entry.isTaken) await deleteStored(key);
  }

  return {
    async load() {
      for (const [key, { expiresAt, ...value }] of await loadEntries(host, prefix, parseStored(parse)))
        entries.set(key, { value: value as unknown as Value, expiresAt, isTaken: false });
    },
    async put(key, value) {
      for (const [other] of entries) if (!valid(other)) await drop(other);
      const expiresAt = host.clock.elapsed() + lifetimeMs;
      entries.set(key, { value, expiresAt, isTaken: false });
      await host.state.set(prefix + key, encodeEntry(host.clock, { ...value, expiresAt }));
    },
    get: async (key) => valid(key)?.value,
    async take(key, isAccepted = () => true) {
      const entry = valid(key);
      if (!entry || !isAccepted(entry.value)) return undefined;
      const { value, isTaken } = entry;
      if (!isTaken) {
        entries.set(key, { value, isTaken: true, expiresAt: host.clock.elapsed() + retryMs });
        await deleteStored(key);
      }
      return { value, isRepeated: isTaken };
    },
    delete: drop,
    async deleteWhere(isMatch) {
      for (const [key, { value }] of entries) if (isMatch(value)) await drop(key);
    },
  };
}
