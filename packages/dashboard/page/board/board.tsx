/** The live board: all live calls, updated in real time. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useQuery } from 'urql';
import { EmptyState } from '../ui/empty-state.tsx';
import { Button } from '../ui/button.tsx';
import { setTitleCount, useTitle } from '../ui/use-title.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { NO_FILTER, filterCalls } from './board-filter.ts';
import { useFloor } from './floor.tsx';
import { BoardRows } from './board-rows.tsx';
import { BoardToolbar } from './board-toolbar.tsx';
import { PROVIDERS } from './documents.ts';
import './board.css';

const SKELETON_ROWS = [1, 0.8, 0.9, 0.7, 0.85];

export function Board() {
  const { store } = useFloor();
  const board = useSyncExternalStore(store.subscribe, store.state);
  const [filter, setFilter] = useState(NO_FILTER);
  const calls = useMemo(() => [...board.calls.values()], [board.calls]);
  const visible = useMemo(
    () => filterCalls(calls, filter, board.attention),
    [calls, filter, board.attention],
  );
  const liveCount = calls.filter(({ isLive }) => isLive).length;
  useEffect(() => setTitleCount(board.attention.size), [board.attention]);
  useEffect(() => () => setTitleCount(0), []);
  useTitle(board.isLoaded ? `${liveCount} live` : 'Live');

  return (
    <div className="board">
      <BoardToolbar
        calls={calls}
        liveCount={board.isLoaded ? liveCount : undefined}
        filter={filter}
        onFilter={setFilter}
      />
      {board.error ? (
        <ErrorState error={board.error} />
      ) : !board.isLoaded ? (
        <BoardSkeleton />
      ) : calls.length === 0 ? (
        <NoCalls />
      ) : visible.length === 0 ? (
        <section className="empty">
          <h2>None of {calls.length} calls matches the filters</h2>
          <p>Change or clear the filters to see them.</p>
          <Button onClick={() => setFilter({ ...NO_FILTER, sort: filter.sort })}>Clear filters</Button>
        </section>
      ) : (
        <BoardRows calls={visible} attention={board.attention} store={store} />
      )}
    </div>
  );
}

function NoCalls() {
  const [{ data }] = useQuery({ query: PROVIDERS });
  if (data?.providers.length === 0) {
    return (
      <EmptyState title="No provider is configured">
        Add one under <code>providers</code> in the configuration of the daemon and restart it.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No live calls" next={{ href: '/history', label: 'Search past calls' }}>
      Calls appear here as soon as a provider reports them. You do not need to reload the page.
    </EmptyState>
  );
}

/** The placeholder until the first snapshot is received. */
function BoardSkeleton() {
  return (
    <div className="board-skeleton" role="status" aria-label="Loading live calls">
      {SKELETON_ROWS.map((width) => (
        <div key={width} className="board-skeleton-row">
          <span style={{ width: `${width * 70}%` }} />
          <span style={{ width: `${width * 40}%` }} />
        </div>
      ))}
    </div>
  );
}
