/** Handlers of the shortcuts. The last component that handles a shortcut receives it. */
import { useEffect, useEffectEvent } from 'react';
import { createStoredValue } from '../ui/stored-value.ts';
import type { ShortcutId } from './shortcuts.ts';

type Handlers = Partial<Record<ShortcutId, () => void>>;

const registered: Handlers[] = [];

/** Whether shortcuts of single keys are on. Users of speech input turn them off: WCAG 2.1.4. */
export const areShortcutsOn = createStoredValue({
  key: 'sidetone.shortcuts',
  parse: (text) => text !== 'false',
});

/** Handles shortcuts while the component is mounted. */
export function useShortcuts(handlers: Handlers): void {
  const ids = Object.keys(handlers).join(' ');
  const run = useEffectEvent((id: ShortcutId) => handlers[id]?.());
  useEffect(() => {
    const entry: Handlers = Object.fromEntries(
      (ids.split(' ') as ShortcutId[]).map((id) => [id, () => run(id)]),
    );
    registered.push(entry);
    return () => void registered.splice(registered.indexOf(entry), 1);
  }, [ids]);
}

/** Runs the handler of a shortcut. Returns whether there is one. */
export function runShortcut(id: ShortcutId): boolean {
  const handler = registered.findLast((handlers) => handlers[id])?.[id];
  handler?.();
  return handler !== undefined;
}
