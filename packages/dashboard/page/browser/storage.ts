/** The storages of the browser, as ones that never throw: a browser can block them, or refuse what is too large. */

export type SafeStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Keeps in memory what the browser does not store, until the page is left. */
export function safeStorage(open: () => SafeStorage): SafeStorage {
  const inMemory = new Map<string, string>();
  return {
    getItem: (key) => inMemory.get(key) ?? attempt(() => open().getItem(key)) ?? null,
    setItem(key, value) {
      inMemory.set(key, value);
      attempt(() => {
        open().setItem(key, value);
        inMemory.delete(key);
      });
    },
    removeItem(key) {
      inMemory.delete(key);
      attempt(() => open().removeItem(key));
    },
  };
}

function attempt<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** Shared by all tabs, kept when the browser is closed. */
export const deviceStorage = safeStorage(() => localStorage);
/** Of this tab, until it is closed. */
export const tabStorage = safeStorage(() => sessionStorage);
