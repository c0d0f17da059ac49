/** Where the access token is kept: in this tab until it closes, or in memory until the page is left. Never elsewhere. */

const KEY = 'sidetone.token';

export interface TokenStore {
  read(): string | undefined;
  /** @param isKept whether it outlives a reload of the page. */
  put(token: string, isKept: boolean): void;
  clear(): void;
}

export function createTokenStore(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): TokenStore {
  let inMemory: string | undefined;
  return {
    read: () => inMemory ?? storage.getItem(KEY) ?? undefined,
    put(token, isKept) {
      inMemory = token;
      if (isKept) storage.setItem(KEY, token);
      else storage.removeItem(KEY);
    },
    clear() {
      inMemory = undefined;
      storage.removeItem(KEY);
    },
  };
}
