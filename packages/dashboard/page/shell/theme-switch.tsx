/** Cycles through the themes: system, light, dark. */
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { applyTheme, currentTheme, THEMES, type Theme } from './theme.ts';

const ICONS = { system: 'auto', light: 'sun', dark: 'moon' } as const satisfies Record<Theme, IconName>;
const LABELS = {
  system: 'Theme: system',
  light: 'Theme: light',
  dark: 'Theme: dark',
} as const satisfies Record<Theme, string>;

export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);

  function selectNext(): void {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    applyTheme(next);
    setTheme(next);
  }

  return (
    <Button kind="icon" onClick={selectNext} aria-label={LABELS[theme]} title={LABELS[theme]}>
      <Icon name={ICONS[theme]} />
    </Button>
  );
}
