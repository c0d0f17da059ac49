/** Remembering something of calls without end: there may always be one more, and news of their ends can be lost. */

/** Sets an entry, as the newest. Beyond `limit` entries the oldest is forgotten. */
export function remember<Key, Value>(entries: Map<Key, Value>, key: Key, value: Value, limit: number): void {
  entries.delete(key);
  entries.set(key, value);
  const oldest = entries.size > limit ? entries.keys().next() : undefined;
  if (oldest?.done === false) entries.delete(oldest.value);
}
