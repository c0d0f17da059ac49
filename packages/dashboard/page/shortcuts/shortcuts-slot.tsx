/** Listens to the keys of all pages, and shows the help sheet. */
import { Suspense, useEffect, useState } from 'react';
import { lazyPart } from '../browser/lazy-part.tsx';
import { useLocation } from 'wouter';
import { useListening } from '../listening/listening-context.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { belongsToTarget, createMatcher } from './shortcuts.ts';
import { areShortcutsOn, runShortcut, useShortcuts } from './use-shortcuts.ts';

const HelpSheet = lazyPart(() => import('./help-sheet.tsx'));

export function ShortcutsSlot() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [, navigate] = useLocation();
  const listening = useListening();
  useShortcuts({
    help: () => setHelpOpen(true),
    search: () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus(),
    goLive: () => navigate('/'),
    goHistory: () => navigate('/history'),
    goOverview: () => navigate('/overview'),
    goProviders: () => navigate('/providers'),
    stopListening: () => listening.stop(),
  });

  useEffect(() => {
    const match = createMatcher();
    function onKey(event: KeyboardEvent): void {
      const { key, target, ctrlKey, metaKey, altKey, isComposing, repeat } = event;
      if (event.defaultPrevented || ctrlKey || metaKey || altKey || isComposing || repeat) return;
      if (!areShortcutsOn.state() || document.querySelector('dialog[open]')) return;
      if (target instanceof HTMLElement && belongsToTarget(key, target)) return;
      const id = match(key, event.timeStamp);
      if (id !== undefined && runShortcut(id)) event.preventDefault();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  return (
    <>
      <Button
        kind="icon"
        className="shortcuts-button"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
        onClick={() => setHelpOpen(true)}
      >
        <Icon name="keyboard" />
      </Button>
      {isHelpOpen && (
        <Suspense>
          <HelpSheet onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
