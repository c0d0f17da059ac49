/** Replaces values of the state of a plugin atomically, also with hosts of earlier versions. */
import type { PluginState } from '@sidetone/core';

/**
 * Replaces the value of a key if it is `expected`, and returns whether it was; `undefined` means no value, for both. Hosts of
 * earlier versions have one instance of a plugin at a time, so reading and writing one after the other is sufficient there.
 */
export async function compareAndSet(
  state: PluginState,
  key: string,
  expected: string | undefined,
  value: string | undefined,
): Promise<boolean> {
  if (state.compareAndSet) return state.compareAndSet(key, expected, value);
  if ((await state.get(key)) !== expected) return false;
  if (value === undefined) await state.delete(key);
  else await state.set(key, value);
  return true;
}
