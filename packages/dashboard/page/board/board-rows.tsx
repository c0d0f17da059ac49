/** The rows of the board, virtualised: only visible rows are in the document. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, type KeyboardEvent } from 'react';
import type { CallLevels } from '../levels/documents.ts';
import { useLevels } from '../levels/use-levels.ts';
import { useMedia } from '../ui/use-media.ts';
import type { Reason } from '../attention/reasons.ts';
import type { BoardStore } from './board-store.ts';
import { BoardRow, COLUMNS } from './board-row.tsx';
import type { BoardCall } from './board-state.ts';

const ROW_PX = 60;
const NARROW_ROW_PX = 136;
const LEVELS_EVERY_MS = 100;
const NO_REASONS: readonly Reason[] = [];
const KEY_STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

interface BoardRowsProps {
  readonly calls: readonly BoardCall[];
  readonly attention: ReadonlyMap<string, readonly Reason[]>;
  readonly store: BoardStore;
}

export function BoardRows({ calls, attention, store }: BoardRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia('(max-width: 60rem)');
  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX;
  const virtualizer = useVirtualizer({
    count: calls.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => calls[index]!.id,
    overscan: 4,
  });
  const items = virtualizer.getVirtualItems();

  const onLevels = useCallback((levels: readonly CallLevels[]) => store.pushLevels(levels), [store]);
  const shown = items.flatMap(({ index }) => calls[index]?.id ?? []);
  const meters = useLevels(shown, LEVELS_EVERY_MS, onLevels);
  const shownKey = shown.toSorted().join(' ');
  useEffect(() => store.showRows(new Set(shownKey.split(' '))), [store, shownKey]);

  function moveFocus(event: KeyboardEvent): void {
    const step = KEY_STEPS[event.key];
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    if (step === undefined || !row) return;
    event.preventDefault();
    const index = Math.min(calls.length - 1, Math.max(0, Number(row.dataset['index']) + step));
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus(),
    );
  }

  return (
    <div className="board-table" role="table" aria-label="Live calls" aria-rowcount={calls.length + 1}>
      <div className="board-header" role="rowgroup">
        <div className="board-row" role="row" aria-rowindex={1}>
          {COLUMNS.map((label) => (
            <span key={label} role="columnheader">
              {label}
            </span>
          ))}
        </div>
      </div>
      <div className="board-scroll" ref={scroller} role="rowgroup" onKeyDown={moveFocus}>
        <div role="presentation" className="board-space" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ key, index, start }) => (
            <BoardRow
              key={key}
              call={calls[index]!}
              reasons={attention.get(calls[index]!.id) ?? NO_REASONS}
              index={index}
              top={start}
              height={rowPx}
              meters={meters}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
