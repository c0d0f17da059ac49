/** A plugin's durable store that forgets when the test ends. */
import type { PluginState } from '@sidetone/core';
import type { MisuseLog } from './misuse.ts';

/** The durable store, open to the test. */
export interface FakeState extends PluginState {
  /** What is stored now. Fill it before the start to play a restart. */
  readonly entries: Map<string, string>;
}

/** The largest value that the daemon keeps, bytes. */
const MAX_VALUE_BYTES = 64 * 1024;

/** A store with nothing in it. */
export function createFakeState(misuse: MisuseLog): FakeState {
  const entries = new Map<string, string>();
  return {
    entries,
    get: (key) => Promise.resolve(entries.get(key)),
    set(key, value) {
      if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
        return Promise.reject(misuse.report(`the value of ${key} is larger than ${MAX_VALUE_BYTES} bytes`));
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
