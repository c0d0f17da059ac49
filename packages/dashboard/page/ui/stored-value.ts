/** A value that is stored on this device, as a store outside React. */
import { deviceStorage, type SafeStorage } from '../browser/storage.ts';

export interface StoredValue<Value> {
  readonly state: () => Value;
  readonly subscribe: (listener: () => void) => () => void;
  set(value: Value): void;
}

interface StoredValueOptions<Value> {
  readonly key: string;
  /** Reads a stored text; null if there is none. Must accept any text. */
  readonly parse: (text: string | null) => Value;
  readonly storage?: SafeStorage;
}

export function createStoredValue<Value>({
  key,
  parse,
  storage = deviceStorage,
}: StoredValueOptions<Value>): StoredValue<Value> {
  const listeners = new Set<() => void>();
  let value = parse(storage.getItem(key));
  return {
    state: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      value = next;
      storage.setItem(key, JSON.stringify(next));
      for (const listener of listeners) listener();
    },
  };
}
