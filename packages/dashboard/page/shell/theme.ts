/** Light, dark, or as the system has it: kept in this browser. */

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'sidetone.theme';

export function currentTheme(): Theme {
  const kept = localStorage.getItem(KEY) as Theme | null;
  return kept !== null && THEMES.includes(kept) ? kept : 'system';
}

/** Shows the page in the theme, and keeps it when one is given. */
export function applyTheme(theme: Theme = currentTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(KEY, theme);
}
