/** The live board: every live call, as it is now. */
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { EmptyState } from '../ui/empty-state.tsx';
import { Button } from '../ui/button.tsx';
import { useTitle } from '../ui/title.ts';
import { TroubleState } from '../ui/trouble-state.tsx';
import { ANY, arrange } from './arrange.ts';
import { createBoardFeed } from './board-feed.ts';
import { BoardRows } from './board-rows.tsx';
import { BoardSkeleton } from './board-skeleton.tsx';
import { BoardTools } from './board-tools.tsx';
import { PROVIDERS } from './documents.ts';
import { ProviderNotices } from './provider-notices.tsx';
import './board.css';

export function Board() {
  const client = useClient();
  const feed = useMemo(() => createBoardFeed(client), [client]);
  const board = useSyncExternalStore(feed.subscribe, feed.state);
  const [wish, setWish] = useState(ANY);
  const calls = useMemo(() => [...board.calls.values()], [board.calls]);
  const shown = useMemo(() => arrange(calls, wish), [calls, wish]);
  const liveCount = calls.filter(({ isLive }) => isLive).length;
  useTitle(board.isKnown ? `${liveCount} live` : 'Live');

  return (
    <div className="board">
      <BoardTools
        calls={calls}
        liveCount={board.isKnown ? liveCount : undefined}
        wish={wish}
        onWish={setWish}
      />
      <ProviderNotices />
      {board.trouble ? (
        <TroubleState trouble={board.trouble} />
      ) : !board.isKnown ? (
        <BoardSkeleton />
      ) : calls.length === 0 ? (
        <NoCalls />
      ) : shown.length === 0 ? (
        <section className="empty">
          <h2>None of {calls.length} calls is like that</h2>
          <p>Take a filter away to see them.</p>
          <Button onClick={() => setWish({ ...ANY, order: wish.order })}>Clear the filters</Button>
        </section>
      ) : (
        <BoardRows calls={shown} feed={feed} />
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
