/** The rows of a long transcript: only those near the visible part are in the document. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useImperativeHandle, type Ref, type RefObject } from 'react';
import { estimatedPx, type Row } from './rows.ts';
import { TranscriptRow } from './transcript-row.tsx';

/** Rows beside the visible ones, so that the arrow keys and short scrolls find them. */
const OVERSCAN = 8;

export interface RowsHandle {
  /** The distance of a line from the start, px; undefined if there is no such line. */
  readonly offsetOf: (id: string) => number | undefined;
}

export interface RowsProps {
  readonly rows: readonly Row[];
  readonly currentId: string | undefined;
  readonly onLine: ((id: string) => void) | undefined;
  readonly linkTo: (id: string) => string;
}

interface WindowedRowsProps extends RowsProps {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly handle: Ref<RowsHandle>;
}

export function WindowedRows({ rows, currentId, onLine, linkTo, scroller, handle }: WindowedRowsProps) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimatedPx(rows[index]!),
    getItemKey: (index) => rows[index]!.line.id,
    overscan: OVERSCAN,
  });
  useImperativeHandle(
    handle,
    () => ({
      offsetOf(id) {
        const index = rows.findIndex(({ line }) => line.id === id);
        return index === -1 ? undefined : virtualizer.getOffsetForIndex(index, 'start')?.[0];
      },
    }),
    [rows, virtualizer],
  );
  const items = virtualizer.getVirtualItems();
  const visible = items.flatMap(({ index }) => rows[index] ?? []);
  const tabStopId = visible.some(({ line }) => line.id === currentId) ? currentId : visible[0]?.line.id;
  return (
    <div className="transcript-space" style={{ height: virtualizer.getTotalSize() }}>
      <div style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
        {visible.map(({ line, fromMs, isFirst }, i) => (
          <TranscriptRow
            key={line.id}
            line={line}
            index={items[i]!.index}
            fromMs={fromMs}
            isFirst={isFirst}
            isCurrent={line.id === currentId}
            isTabStop={line.id === tabStopId}
            onLine={onLine}
            linkTo={linkTo}
            measure={virtualizer.measureElement}
          />
        ))}
      </div>
    </div>
  );
}
