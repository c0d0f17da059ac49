/** Stores the access token in session storage until the tab closes, or in memory until the page is left. */

const KEY = 'sidetone.token';

export interface TokenStore {
  read(): string | undefined;
  /** @param isPersistent whether the token survives a reload of the page. */
  write(token: string, isPersistent: boolean): void;
  clear(): void;
}

export function createTokenStore(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): TokenStore {
  let inMemory: string | undefined;
  return {
    read: () => inMemory ?? storage.getItem(KEY) ?? undefined,
    write(token, isPersistent) {
      inMemory = token;
      if (isPersistent) storage.setItem(KEY, token);
      else storage.removeItem(KEY);
    },
    clear() {
      inMemory = undefined;
      storage.removeItem(KEY);
    },
  };
}
