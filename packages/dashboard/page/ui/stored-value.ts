/** A value that is stored on this device, as a store outside React. Browsers can block their storage: then it lasts until the page is left. */

export interface StoredValue<Value> {
  readonly state: () => Value;
  readonly subscribe: (listener: () => void) => () => void;
  set(value: Value): void;
}

interface StoredValueOptions<Value> {
  readonly key: string;
  /** Reads a stored text; null if there is none. Must accept any text. */
  readonly parse: (text: string | null) => Value;
  /** May throw, also when the storage is used. */
  readonly storage?: () => Pick<Storage, 'getItem' | 'setItem'>;
}

export function createStoredValue<Value>({
  key,
  parse,
  storage = () => localStorage,
}: StoredValueOptions<Value>): StoredValue<Value> {
  const listeners = new Set<() => void>();
  let value = parse(attempt(() => storage().getItem(key)) ?? null);
  return {
    state: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      value = next;
      attempt(() => storage().setItem(key, JSON.stringify(next)));
      for (const listener of listeners) listener();
    },
  };
}

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
