/** Calls of the past: found by what was said in them, and by what is known of them. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { useTitle } from '../ui/title.ts';
import { TroubleState } from '../ui/trouble-state.tsx';
import { Filters } from './filters.tsx';
import { createHistoryFeed, type HistoryState } from './history-feed.ts';
import { ResultList } from './result-list.tsx';
import { useWish } from './use-wish.ts';
import { ANYTHING, wishOf } from './wish.ts';
import './history.css';

export default function HistoryPage() {
  const client = useClient();
  const { wish, setWish, search } = useWish();
  const feed = useMemo(() => createHistoryFeed(client), [client]);
  const state = useSyncExternalStore(feed.subscribe, feed.state);
  useEffect(() => feed.look(wishOf(search)), [feed, search]);
  const { found, trouble, isLoading, hasMore, newFrom } = state;
  useTitle(state.said === '' ? 'History' : `“${state.said}” in history`);

  return (
    <div className="history">
      <h1>History</h1>
      <Filters wish={wish} onWish={setWish} />
      <p className="history-count" role="status">
        {countText(state)}
      </p>
      {trouble ? (
        <TroubleState
          trouble={trouble}
          onRetry={() => (found && hasMore ? feed.more() : feed.look(wishOf(search)))}
        />
      ) : !found ? (
        <Loading label="Looking…" />
      ) : found.length === 0 ? (
        <NothingFound isFiltered={search !== ''} onClear={() => setWish(ANYTHING)} />
      ) : (
        <>
          <ResultList found={found} isOld={isLoading} newFrom={newFrom} />
          {hasMore && (
            <Button className="history-more" isBusy={isLoading} onClick={feed.more}>
              {isLoading ? 'Loading…' : 'Show more'}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function countText({ found, said, total }: HistoryState): string {
  if (!found || total === undefined || total === 0) return '';
  const calls = total === 1 ? '1 call' : `${total.toLocaleString()} calls`;
  return said === '' ? calls : `${calls} in which “${said}” was said`;
}

interface NothingFoundProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

function NothingFound({ isFiltered, onClear }: NothingFoundProps) {
  if (!isFiltered) {
    return (
      <EmptyState title="No calls yet" icon="search" next={{ href: '/', label: 'To the live board' }}>
        Every call that a provider tells of is kept here, with its words. Those of before can be taken in with{' '}
        <code>sidetone backfill</code>.
      </EmptyState>
    );
  }
  return (
    <section className="empty">
      <h2>No call is like that</h2>
      <p>
        Words are found in any order, and the last may be the beginning of one. Put “double quotes” around
        words that stand together. Or look in a longer time, with fewer filters.
      </p>
      <Button onClick={onClear}>Clear the search</Button>
    </section>
  );
}
