/** The theme, stored on this device. */
import { deviceStorage } from '../browser/storage.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'sidetone.theme';

export function currentTheme(): Theme {
  const stored = deviceStorage.getItem(KEY) as Theme | null;
  return stored !== null && THEMES.includes(stored) ? stored : 'system';
}

/** Applies and stores a theme, by default the stored one. */
export function applyTheme(theme: Theme = currentTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  deviceStorage.setItem(KEY, theme);
}
