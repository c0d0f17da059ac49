/** The live board: every live call, as it is now. */
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { EmptyState } from '../ui/empty-state.tsx';
import { Button } from '../ui/button.tsx';
import { useTitle } from '../ui/use-title.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { NO_FILTER, filterCalls } from './board-filter.ts';
import { createBoardStore } from './board-store.ts';
import { BoardRows } from './board-rows.tsx';
import { BoardSkeleton } from './board-skeleton.tsx';
import { BoardToolbar } from './board-toolbar.tsx';
import { PROVIDERS } from './documents.ts';
import { ProviderNotices } from './provider-notices.tsx';
import './board.css';

export function Board() {
  const client = useClient();
  const store = useMemo(() => createBoardStore(client), [client]);
  const board = useSyncExternalStore(store.subscribe, store.state);
  const [filter, setFilter] = useState(NO_FILTER);
  const calls = useMemo(() => [...board.calls.values()], [board.calls]);
  const shown = useMemo(() => filterCalls(calls, filter), [calls, filter]);
  const liveCount = calls.filter(({ isLive }) => isLive).length;
  useTitle(board.isLoaded ? `${liveCount} live` : 'Live');

  return (
    <div className="board">
      <BoardToolbar
        calls={calls}
        liveCount={board.isLoaded ? liveCount : undefined}
        filter={filter}
        onFilter={setFilter}
      />
      <ProviderNotices />
      {board.error ? (
        <ErrorState error={board.error} />
      ) : !board.isLoaded ? (
        <BoardSkeleton />
      ) : calls.length === 0 ? (
        <NoCalls />
      ) : shown.length === 0 ? (
        <section className="empty">
          <h2>None of {calls.length} calls is like that</h2>
          <p>Take a filter away to see them.</p>
          <Button onClick={() => setFilter({ ...NO_FILTER, order: filter.order })}>Clear the filters</Button>
        </section>
      ) : (
        <BoardRows calls={shown} store={store} />
      )}
    </div>
  );
}

function NoCalls() {
  const [{ data }] = useQuery({ query: PROVIDERS });
  if (data?.providers.length === 0) {
    return (
      <EmptyState title="No provider is configured">
        Name one under <code>providers</code> in the daemon's configuration and start it again: its calls
        appear here.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No call is live" next={{ href: '/history', label: 'Search past calls' }}>
      A call appears here the moment a provider tells of it. Nothing has to be reloaded.
    </EmptyState>
  );
}
