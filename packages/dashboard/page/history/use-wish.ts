/** The wish of the page's address. What is typed shows at once, and is looked for after a pause. */
import { useEffect, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { lastSearch } from './last-search.ts';
import { historyHref, searchOf, wishOf, type Wish } from './wish.ts';

/** Also because some browsers refuse an address that changes with every key. */
const PAUSE_MS = 250;

export interface WishState {
  /** As it is typed. */
  readonly wish: Wish;
  readonly setWish: (wish: Wish) => void;
  /** As it stands in the address. */
  readonly search: string;
}

export function useWish(): WishState {
  const search = searchOf(wishOf(useSearch()));
  const [, navigate] = useLocation();
  const [wish, setWish] = useState(() => wishOf(search));
  const told = useRef(search);

  useEffect(() => lastSearch.put(historyHref(wishOf(search))), [search]);

  // The address was changed by something else: a link, or the way back.
  useEffect(() => {
    if (search === told.current) return;
    told.current = search;
    setWish(wishOf(search));
  }, [search]);

  useEffect(() => {
    const next = searchOf(wish);
    if (next === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = next;
      navigate(historyHref(wish), { replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wish, navigate]);

  return { wish, setWish, search };
}
