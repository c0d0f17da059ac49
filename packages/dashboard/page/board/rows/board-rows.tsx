/** The rows of the board, virtualised: only visible rows are in the document. */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, type CSSProperties, type KeyboardEvent } from 'react';
import type { Reason } from '../../attention/reasons.ts';
import type { CallLevels } from '../../levels/documents.ts';
import { useLevels } from '../../levels/use-levels.ts';
import { usePresence } from '../../presence/use-presence.ts';
import { useMedia } from '../../ui/use-media.ts';
import type { BoardActions } from '../board-actions.ts';
import { BoardHeader } from './board-header.tsx';
import { BoardRow } from './board-row.tsx';
import type { BoardCall } from '../board-state.ts';
import type { BoardStore } from '../board-store.ts';
import type { BoardView } from '../view/board-view.ts';
import { gridOf } from '../view/columns.ts';
import type { useHold } from './use-hold.ts';
import { useRowFocus } from './use-row-focus.ts';
import { useRowMoves } from './use-row-moves.ts';

const ROW_PX = { comfortable: 60, compact: 36 } as const;
const NARROW_ROW_PX = 136;
const LEVELS_EVERY_MS = 100;
const NO_REASONS: readonly Reason[] = [];

interface BoardRowsProps {
  readonly calls: readonly BoardCall[];
  readonly attention: ReadonlyMap<string, readonly Reason[]>;
  readonly store: BoardStore;
  readonly view: BoardView;
  readonly selected: ReadonlySet<string>;
  readonly onToggleAll: () => void;
  readonly actions: BoardActions;
  readonly hold: ReturnType<typeof useHold>['handlers'];
}

export function BoardRows({
  calls,
  attention,
  store,
  view: { columns, density },
  selected,
  onToggleAll,
  actions,
  hold,
}: BoardRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia('(max-width: 60rem)');
  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX[density];
  const ids = calls.map(({ id }) => id);
  const activeIndex = useRef(-1);
  const virtualizer = useVirtualizer({
    count: calls.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => ids[index]!,
    overscan: 4,
    // The row with the focus stays in the document while it is out of view.
    rangeExtractor(range) {
      const rows = defaultRangeExtractor(range);
      const active = activeIndex.current;
      return active < 0 || active >= calls.length || rows.includes(active)
        ? rows
        : [...rows, active].toSorted((a, b) => a - b);
    },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  const focus = useRowFocus({ ids, scroller, scrollTo: (index) => virtualizer.scrollToIndex(index) });
  activeIndex.current = focus.activeId === undefined ? -1 : ids.indexOf(focus.activeId);

  const items = virtualizer.getVirtualItems();
  const onLevels = useCallback((levels: readonly CallLevels[]) => store.pushLevels(levels), [store]);
  const shown = items.flatMap(({ index }) => calls[index]?.id ?? []);
  const meters = useLevels(shown, LEVELS_EVERY_MS, onLevels);
  const presence = usePresence(shown);
  const shownKey = shown.toSorted().join(' ');
  useEffect(() => store.showRows(new Set(shownKey.split(' '))), [store, shownKey]);

  const move = useRowMoves({
    ids,
    selected,
    actions,
    scroller,
    rowPx,
    activeIndex,
    focusRow: focus.focusRow,
  });

  function onKeyDown(event: KeyboardEvent): void {
    hold.onKeyDown();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move(event.key, event.shiftKey && event.key.startsWith('Arrow'))) event.preventDefault();
  }

  return (
    <div
      className="board-table"
      role="table"
      aria-label="Live calls"
      aria-rowcount={calls.length + 1}
      data-density={density}
      style={{ '--board-columns': gridOf(columns) } as CSSProperties}
    >
      <BoardHeader
        columns={columns}
        isAllSelected={ids.length > 0 && ids.every((id) => selected.has(id))}
        onToggleAll={onToggleAll}
      />
      <div
        className="board-scroll"
        ref={scroller}
        role="rowgroup"
        {...hold}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          hold.onFocus();
          focus.onFocus(event);
        }}
        onBlur={(event) => {
          hold.onBlur(event);
          focus.onBlur(event);
        }}
      >
        <div role="presentation" className="board-space" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ key, index, start }) => {
            const call = calls[index]!;
            return (
              <BoardRow
                key={key}
                call={call}
                reasons={attention.get(call.id) ?? NO_REASONS}
                others={presence.get(call.id)}
                columns={columns}
                isSelected={selected.has(call.id)}
                isActive={call.id === focus.activeId}
                index={index}
                top={start}
                height={rowPx}
                meters={meters}
                actions={actions}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
