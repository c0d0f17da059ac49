/** Chooses who decides about entries that are taken once: this instance, or the state. */
import type { OnceEntries, OnceEntriesOptions } from './entries.ts';
import { createLocalEntries } from './local-entries.ts';
import { createSharedEntries } from './shared-entries.ts';

/** Creates an empty store; `load` adds what was stored before a restart. */
export function createOnceEntries<Value extends object>(
  options: OnceEntriesOptions<Value>,
): OnceEntries<Value> {
  return options.host.state.isShared === true ? createSharedEntries(options) : createLocalEntries(options);
}
