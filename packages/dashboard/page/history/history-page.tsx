/** Calls of the past: results by what was said in them, and by what is known of them. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { useTitle } from '../ui/use-title.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { Filters } from './filters.tsx';
import { createHistoryStore, type HistoryState } from './history-store.ts';
import { ResultList } from './result-list.tsx';
import { useSearchQuery } from './use-search-query.ts';
import { EMPTY_QUERY, parseSearch } from './search-query.ts';
import './history.css';

export default function HistoryPage() {
  const client = useClient();
  const { query, setQuery, search } = useSearchQuery();
  const store = useMemo(() => createHistoryStore(client), [client]);
  const state = useSyncExternalStore(store.subscribe, store.state);
  useEffect(() => store.search(parseSearch(search)), [store, search]);
  const { results, error, isLoading, hasMore, firstNewIndex } = state;
  useTitle(state.said === '' ? 'History' : `“${state.said}” in history`);

  return (
    <div className="history">
      <h1>History</h1>
      <Filters query={query} onQuery={setQuery} />
      <p className="history-count" role="status">
        {countText(state)}
      </p>
      {error ? (
        <ErrorState
          error={error}
          onRetry={() => (results && hasMore ? store.loadMore() : store.search(parseSearch(search)))}
        />
      ) : !results ? (
        <Loading label="Looking…" />
      ) : results.length === 0 ? (
        <NoResults isFiltered={search !== ''} onClear={() => setQuery(EMPTY_QUERY)} />
      ) : (
        <>
          <ResultList results={results} isStale={isLoading} firstNewIndex={firstNewIndex} />
          {hasMore && (
            <Button className="history-loadMore" isBusy={isLoading} onClick={store.loadMore}>
              {isLoading ? 'Loading…' : 'Show loadMore'}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function countText({ results, said, total }: HistoryState): string {
  if (!results || total === undefined || total === 0) return '';
  const calls = total === 1 ? '1 call' : `${total.toLocaleString()} calls`;
  return said === '' ? calls : `${calls} in which “${said}” was said`;
}

interface NothingFoundProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

function NoResults({ isFiltered, onClear }: NothingFoundProps) {
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
        Words are results in any order, and the last may be the beginning of one. Put “double quotes” around
        words that stand together. Or search in a longer time, with fewer filters.
      </p>
      <Button onClick={onClear}>Clear the search</Button>
    </section>
  );
}
