/** The row that has the focus. It stays in the document while it is out of view; if its call leaves, the next row is focused. */
import { useEffect, useLayoutEffect, useRef, useState, type FocusEvent, type RefObject } from 'react';

interface RowFocusOptions {
  readonly ids: readonly string[];
  readonly scroller: RefObject<HTMLElement | null>;
  readonly scrollTo: (index: number) => void;
}

interface RowFocus {
  /** The call whose row had the focus last. */
  readonly activeId: string | undefined;
  readonly focusRow: (index: number) => void;
  readonly onFocus: (event: FocusEvent) => void;
  readonly onBlur: (event: FocusEvent) => void;
}

const rowOf = (target: EventTarget): HTMLElement | null =>
  (target as HTMLElement).closest<HTMLElement>('[data-id]');

export function useRowFocus({ ids, scroller, scrollTo }: RowFocusOptions): RowFocus {
  const [activeId, setActiveId] = useState<string>();
  const hasFocus = useRef(false);
  const lastIndex = useRef(-1);

  function focusRow(index: number): void {
    scrollTo(index);
    // The row may be rendered only after the list has scrolled.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] .board-link`)?.focus(),
      ),
    );
  }

  const index = activeId === undefined ? -1 : ids.indexOf(activeId);
  useEffect(() => {
    if (index >= 0) lastIndex.current = index;
  }, [index]);

  useLayoutEffect(() => {
    if (!hasFocus.current || activeId === undefined || index >= 0) return;
    hasFocus.current = false;
    if (ids.length > 0) focusRow(Math.min(lastIndex.current, ids.length - 1));
  });

  return {
    activeId,
    focusRow,
    onFocus({ target }) {
      const row = rowOf(target);
      if (!row) return;
      hasFocus.current = true;
      setActiveId(row.dataset['id']);
    },
    onBlur({ target, relatedTarget }) {
      // An element that is removed loses the focus as well; only then is the next row focused.
      const row = rowOf(target);
      queueMicrotask(() => {
        if (relatedTarget !== null ? !rowOf(relatedTarget) : row?.isConnected) hasFocus.current = false;
      });
    },
  };
}
