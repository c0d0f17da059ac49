/** The view of the URL. Changes are shown at once and written to the URL after a pause; the last view returns with the board. */
import { useEffect, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { boardHref, formatView, parseView, type BoardView } from './board-view.ts';

/** Some browsers limit how often the URL may change. */
const DEBOUNCE_MS = 250;
/** The query string of the last view, until the page is left. */
let last = '';

export function useBoardView(): readonly [BoardView, (view: BoardView) => void] {
  const search = formatView(parseView(useSearch()));
  const [, navigate] = useLocation();
  const [view, setView] = useState(() => parseView(search === '' ? last : search));
  const synced = useRef(search);

  // The URL was changed by a link or the back button.
  useEffect(() => {
    if (search === synced.current) return;
    synced.current = search;
    last = search;
    setView(parseView(search));
  }, [search]);

  useEffect(() => {
    const next = formatView(view);
    last = next;
    if (next === synced.current) return undefined;
    const timer = setTimeout(() => {
      synced.current = next;
      navigate(boardHref(next), { replace: true });
    }, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [view, navigate]);

  return [view, setView];
}
