/** The live board: all live calls, updated in real time. */
import { Suspense, useEffect, useMemo, useSyncExternalStore } from 'react';
import { lazyPart } from '../browser/lazy-part.tsx';
import { useSearch } from 'wouter';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { setTitleCount, useTitle } from '../ui/use-title.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { NO_FILTER, filterCalls } from './view/board-filter.ts';
import { BoardRows } from './rows/board-rows.tsx';
import { BoardToolbar } from './board-toolbar.tsx';
import { BoardSkeleton } from './board-skeleton.tsx';
import { useFloor } from './floor.tsx';
import { createHeldOrder } from './rows/held-order.ts';
import { isWall } from './view/board-view.ts';
import { useBoardActions } from './use-board-actions.ts';
import { useBoardView } from './view/use-board-view.ts';
import { useHold } from './rows/use-hold.ts';
import './board.css';

const NoCalls = lazyPart(() => import('./empty-board.tsx'));
const WallScreen = lazyPart(() => import('../wall/wall-screen.tsx'));
const SelectionBar = lazyPart(() => import('../selection/selection-bar.tsx'));
const BulkDialog = lazyPart(() => import('../selection/bulk-dialog.tsx'));

export function Board() {
  return isWall(useSearch()) ? (
    <Suspense>
      <WallScreen />
    </Suspense>
  ) : (
    <LiveBoard />
  );
}

function LiveBoard() {
  const { store } = useFloor();
  const board = useSyncExternalStore(store.subscribe, store.state);
  const [view, setView] = useBoardView();
  const { filter } = view;
  const hold = useHold();
  const order = useMemo(() => createHeldOrder(), []);
  const calls = useMemo(() => [...board.calls.values()], [board.calls]);
  const wanted = useMemo(() => filterCalls(calls, filter, board.attention), [calls, filter, board.attention]);
  // Another filter or order shows its own rows at once.
  useMemo(() => order.release(), [order, filter]);
  const { rows, newCount } = order.next(wanted, board.calls, hold.isHeld);
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const { actions, selected, openAction, closeAction, clear, toggleAll } = useBoardActions(store, ids);
  const liveCount = calls.filter(({ isLive }) => isLive).length;
  useEffect(() => setTitleCount(board.attention.size), [board.attention]);
  useEffect(() => () => setTitleCount(0), []);
  useTitle(board.isLoaded ? `${liveCount} live` : 'Live');

  function showNew(): void {
    order.release();
    store.push({ __typename: 'Tick' });
  }
  useShortcuts({ showNew });

  return (
    <div className="board">
      <BoardToolbar
        calls={calls}
        liveCount={board.isLoaded ? liveCount : undefined}
        view={view}
        onView={setView}
        newCount={newCount}
        onShowNew={showNew}
      />
      {board.error ? (
        <ErrorState error={board.error} />
      ) : !board.isLoaded ? (
        <BoardSkeleton />
      ) : calls.length === 0 && rows.length === 0 ? (
        <Suspense>
          <NoCalls />
        </Suspense>
      ) : rows.length === 0 ? (
        <section className="empty">
          <h2>None of {calls.length} calls matches the filters</h2>
          <p>Change or clear the filters to see them.</p>
          <Button onClick={() => setView({ ...view, filter: { ...NO_FILTER, sort: filter.sort } })}>
            Clear filters
          </Button>
        </section>
      ) : (
        <BoardRows
          calls={rows}
          attention={board.attention}
          store={store}
          view={view}
          selected={selected}
          onToggleAll={toggleAll}
          actions={actions}
          hold={hold.handlers}
        />
      )}
      <Suspense>
        {selected.size > 0 && <SelectionBar callIds={[...selected]} actions={actions} onClear={clear} />}
        {openAction && <BulkDialog {...openAction} onClose={closeAction} />}
      </Suspense>
    </div>
  );
}
