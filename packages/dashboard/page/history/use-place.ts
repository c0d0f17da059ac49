/** Runs the search of the URL, and restores the place at which it was left. */
import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { HistoryStore } from './history-store.ts';
import { forgetPlace, leavePlace, placeOf } from './place.ts';
import { parseSearch } from './search-query.ts';

/** The scroll position is written after a pause: browsers limit how often a history entry may change. */
const SCROLL_PAUSE_MS = 200;

/** @param hasResults whether there is something to scroll. Returns the ref of the page. */
export function usePlace(
  store: HistoryStore,
  search: string,
  hasResults: boolean,
): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null);
  const isRestored = useRef(false);

  useEffect(() => {
    store.resume(parseSearch(search), placeOf(search)?.loaded);
  }, [store, search]);

  useLayoutEffect(() => {
    if (!hasResults || isRestored.current) return;
    isRestored.current = true;
    const place = placeOf(search);
    if (place) restore(root.current!, place);
  }, [hasResults, search]);

  useEffect(() => {
    const page = root.current!;
    const scroller = page.closest('main')!;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { pathname } = location;
    const leave = (callId?: string): void => {
      clearTimeout(timer);
      // The next page, which is shown meanwhile, scrolled to its top.
      if (location.pathname !== pathname) return;
      const { loaded } = store.state();
      leavePlace({ search, top: scroller.scrollTop, loaded, ...(callId !== undefined && { callId }) });
    };
    const onScroll = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => leave(placeOf(search)?.callId), SCROLL_PAUSE_MS);
    };
    const onClick = ({ target }: MouseEvent): void => {
      const callId = (target as Element).closest<HTMLElement>('[data-call]')?.dataset['call'];
      if (callId !== undefined) leave(callId);
    };
    scroller.addEventListener('scroll', onScroll, { passive: true });
    // Captured, because the link changes the history entry.
    page.addEventListener('click', onClick, { capture: true });
    return () => {
      clearTimeout(timer);
      scroller.removeEventListener('scroll', onScroll);
      page.removeEventListener('click', onClick, { capture: true });
    };
  }, [store, search]);

  useEffect(
    () => () => {
      if (!location.pathname.includes('/calls/')) forgetPlace();
    },
    [],
  );
  return root;
}

function restore(
  page: HTMLElement,
  { top, callId }: { readonly top: number; readonly callId?: string },
): void {
  page.closest('main')!.scrollTop = top;
  if (callId === undefined) return;
  page
    .querySelector<HTMLElement>(`[data-call="${CSS.escape(callId)}"] .result-link`)
    ?.focus({ preventScroll: true });
}
