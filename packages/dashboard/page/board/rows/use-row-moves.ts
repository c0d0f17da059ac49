/** Moves the focus between rows by keys and shortcuts, and selects rows on the way. */
import type { RefObject } from 'react';
import { useShortcuts } from '../../shortcuts/use-shortcuts.ts';
import type { BoardActions } from '../board-actions.ts';
import { rowAfterKey } from './row-keys.ts';

interface RowMovesOptions {
  readonly ids: readonly string[];
  readonly selected: ReadonlySet<string>;
  readonly actions: BoardActions;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rowPx: number;
  /** The index of the row that had the focus last, -1 for none. */
  readonly activeIndex: RefObject<number>;
  readonly focusRow: (index: number) => void;
}

/** Returns a function that moves the focus by a key, and returns whether the key does so. */
export function useRowMoves({
  ids,
  selected,
  actions,
  scroller,
  rowPx,
  activeIndex,
  focusRow,
}: RowMovesOptions): (key: string, isSelecting?: boolean) => boolean {
  function move(key: string, isSelecting = false): boolean {
    const index = activeIndex.current;
    const pageRows = Math.floor((scroller.current?.clientHeight ?? 0) / rowPx);
    const to = rowAfterKey(key, { index, count: ids.length, pageRows });
    if (to === undefined) return false;
    if (isSelecting) {
      const from = ids[index];
      if (from !== undefined && selected.size === 0) actions.select(from, false);
      actions.select(ids[to]!, true);
    }
    focusRow(to);
    return true;
  }

  function withActive(run: (id: string) => void): void {
    const id = ids[activeIndex.current];
    if (id !== undefined) run(id);
  }

  useShortcuts({
    next: () => void move('ArrowDown'),
    previous: () => void move('ArrowUp'),
    select: () => withActive((id) => actions.select(id, false)),
    listen: () => withActive((id) => actions.canListen && actions.listen(id)),
  });
  return move;
}
