/** The rows of the board: only those that are seen are there, however many calls there are. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useRef, type KeyboardEvent } from 'react';
import type { CallLevels } from '../levels/documents.ts';
import { useLevels } from '../levels/use-levels.ts';
import { useMedia } from '../ui/use-media.ts';
import type { BoardStore } from './board-store.ts';
import { BoardRow, COLUMNS } from './board-row.tsx';
import type { BoardCall } from './board-state.ts';

const ROW_PX = 60;
const NARROW_ROW_PX = 136;
const LEVELS_EVERY_MS = 100;
const KEYS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export interface BoardRowsProps {
  readonly calls: readonly BoardCall[];
  readonly store: BoardStore;
}

export function BoardRows({ calls, store }: BoardRowsProps) {
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
  const speaking = useRef(new Map<string, string>());

  const onLevels = useCallback(
    (levels: readonly CallLevels[]) => {
      for (const { callId, parties } of levels) {
        const now = parties.filter((party) => party.speaking).map(({ party }) => party);
        if (speaking.current.get(callId) === now.join()) continue;
        speaking.current.set(callId, now.join());
        store.push({ __typename: 'Speaking', callId, parties: now });
      }
    },
    [store],
  );
  const meters = useLevels(
    items.flatMap(({ index }) => calls[index]?.id ?? []),
    LEVELS_EVERY_MS,
    onLevels,
  );

  function move(event: KeyboardEvent): void {
    const way = KEYS[event.key];
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    if (way === undefined || !row) return;
    event.preventDefault();
    const index = Math.min(calls.length - 1, Math.max(0, Number(row.dataset['index']) + way));
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
      <div className="board-scroll" ref={scroller} role="rowgroup" onKeyDown={move}>
        <div role="presentation" className="board-space" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ key, index, start }) => (
            <BoardRow
              key={key}
              call={calls[index]!}
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
