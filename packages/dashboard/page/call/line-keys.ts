/** Lines that can be heard are one stop for the tab key, however many: the arrows lead from one to the next. */
import type { KeyboardEvent } from 'react';

/** Which line a key leads to, of how many. */
const KEYS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(count - 1, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_at, count) => count - 1,
};

export function moveAmongLines(event: KeyboardEvent<HTMLElement>): void {
  const way = KEYS[event.key];
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('button.line')];
  const at = lines.indexOf(event.target as HTMLElement);
  if (!way || at === -1) return;
  event.preventDefault();
  lines[way(at, lines.length)]!.focus();
}
