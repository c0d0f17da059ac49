/** The theme, stored in the local storage of the browser. */

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'sidetone.theme';

export function currentTheme(): Theme {
  const stored = localStorage.getItem(KEY) as Theme | null;
  return stored !== null && THEMES.includes(stored) ? stored : 'system';
}

/** Applies and stores a theme, by default the stored one. */
export function applyTheme(theme: Theme = currentTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(KEY, theme);
}
