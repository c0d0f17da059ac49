/** Time that passes, one timer for all of the page. */
import { useSyncExternalStore } from 'react';
import { clockText } from './format.ts';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now, epoch ms, once a second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** How long ago something was, as a clock that runs. */
export function Elapsed({ since, className }: { readonly since: number; readonly className?: string }) {
  return <span className={className}>{clockText(Math.max(0, useNow() - since))}</span>;
}
