/** A switch between the looks: as the system, light, dark. */
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { applyTheme, currentTheme, THEMES, type Theme } from './theme.ts';

const ICONS = { system: 'auto', light: 'sun', dark: 'moon' } as const satisfies Record<Theme, IconName>;
const LABELS = {
  system: 'Colours: as the system',
  light: 'Colours: light',
  dark: 'Colours: dark',
} as const satisfies Record<Theme, string>;

export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);

  function next(): void {
    const following = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    applyTheme(following);
    setTheme(following);
  }

  return (
    <Button kind="icon" onClick={next} aria-label={LABELS[theme]} title={LABELS[theme]}>
      <Icon name={ICONS[theme]} />
    </Button>
  );
}
