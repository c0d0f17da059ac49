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
  return {
    entries,
    get: (key) => Promise.resolve(entries.get(key)),
    set(key, value) {
      if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
        return Promise.reject(
          usageErrors.report(`state.set: the value of ${key} exceeds ${MAX_VALUE_BYTES} bytes`),
        );
      }
      entries.set(key, value);
      return Promise.resolve();
    },
    delete(key) {
      entries.delete(key);
      return Promise.resolve();
    },
    list: (prefix) =>
      Promise.resolve(
        [...entries].filter(([key]) => key.startsWith(prefix)).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
  };
}
