/** Stores the access token: for this tab, or on this device if the user chose that. */
import { ROOT } from '../api/root.ts';
import type { SafeStorage } from '../browser/storage.ts';

/** Daemons below different paths of one host have tokens of their own. */
const KEY = ROOT === '/' ? 'sidetone.token' : `sidetone.token ${ROOT}`;

export interface TokenStore {
  read(): string | undefined;
  /** @param isKept whether the token stays on this device when the browser is closed. */
  write(token: string, isKept: boolean): void;
  clear(): void;
}

export function createTokenStore(tab: SafeStorage, device: SafeStorage): TokenStore {
  return {
    read: () => tab.getItem(KEY) ?? device.getItem(KEY) ?? undefined,
    write(token, isKept) {
      (isKept ? device : tab).setItem(KEY, token);
      (isKept ? tab : device).removeItem(KEY);
    },
    clear() {
      tab.removeItem(KEY);
      device.removeItem(KEY);
    },
  };
}
