/** An in-memory state store. */
import type { PluginState } from '@sidetone/core';
import type { UsageErrorLog } from './usage-errors.ts';

/** A state store whose entries are accessible to the test. */
export interface FakeState extends PluginState {
  /** The stored entries. Fill it before the start to simulate a restart. */
  readonly entries: Map<string, string>;
}

/** Limit of the daemon, in bytes. */
const MAX_VALUE_BYTES = 64 * 1024;

/** Creates an empty store. */
export function createFakeState(usageErrors: UsageErrorLog): FakeState {
  const entries = new Map<string, string>();
  const isTooLarge = (value: string): boolean => Buffer.byteLength(value) > MAX_VALUE_BYTES;
  const tooLarge = (method: string, key: string): Error =>
    usageErrors.report(`state.${method}: the value of ${key} exceeds ${MAX_VALUE_BYTES} bytes`);

  return {
    entries,
    isShared: false,
    get: async (key) => entries.get(key),
    async set(key, value) {
      if (isTooLarge(value)) throw tooLarge('set', key);
      entries.set(key, value);
    },
    async delete(key) {
      entries.delete(key);
    },
    async compareAndSet(key, expected, value) {
      if (value !== undefined && isTooLarge(value)) throw tooLarge('compareAndSet', key);
      if (entries.get(key) !== expected) return false;
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
      return true;
    },
    list: async (prefix) =>
      [...entries].filter(([key]) => key.startsWith(prefix)).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}
