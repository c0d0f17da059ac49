/** A clock that ticks once a second, with one timer for the whole page. */
import { useSyncExternalStore } from 'react';
import { durationText } from './format.ts';

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

/** The current time, epoch ms, updated once a second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** Shows the time since a moment, updated once a second. */
export function Elapsed({ since, className }: { readonly since: number; readonly className?: string }) {
  return <span className={className}>{durationText(Math.max(0, useNow() - since))}</span>;
}
