/** The history page: search in the transcripts and properties of all calls. */
import { useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { useTitle } from '../ui/use-title.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { Filters } from './filters.tsx';
import { historyStoreOf, type HistoryState } from './history-store.ts';
import { SavedViewsMenu } from './saved-views-menu.tsx';
import { SaveCalls } from './save-calls.tsx';
import { ResultList } from './result-list.tsx';
import { useSearchQuery } from './use-search-query.ts';
import { usePlace } from './use-place.ts';
import { EMPTY_QUERY, parseSearch, quoted } from './search-query.ts';
import './history.css';

export default function HistoryPage() {
  const client = useClient();
  const { query, setQuery, search } = useSearchQuery();
  const store = historyStoreOf(client);
  const state = useSyncExternalStore(store.subscribe, store.state);
  const root = usePlace(store, search, state.results !== undefined);
  const { results, error, isLoading, hasMore, firstNewIndex } = state;
  useTitle(state.said === '' ? 'History' : `${quoted(state.said)} in history`);

  return (
    <div className="history" ref={root}>
      <h1>History</h1>
      <Filters query={query} onQuery={setQuery} />
      <SavedViewsMenu search={search} />
      <div className="history-summary">
        <p className="history-count" role="status">
          {countText(state)}
        </p>
        {results && results.length > 0 && <SaveCalls query={parseSearch(search)} />}
      </div>
      {error ? (
        <ErrorState
          error={error}
          onRetry={() => (results && hasMore ? store.loadMore() : store.search(parseSearch(search)))}
        />
      ) : !results ? (
        <Loading label="Searching…" />
      ) : results.length === 0 ? (
        <NoResults isFiltered={search !== ''} onClear={() => setQuery(EMPTY_QUERY)} />
      ) : (
        <>
          <ResultList results={results} isStale={isLoading} firstNewIndex={firstNewIndex} />
          {hasMore && (
            <Button className="history-more" isBusy={isLoading} onClick={store.loadMore}>
              {isLoading ? 'Loading…' : 'Show more'}
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
  return said === '' ? calls : `${calls} with ${quoted(said)} in the transcript`;
}

interface NoResultsProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

function NoResults({ isFiltered, onClear }: NoResultsProps) {
  if (!isFiltered) {
    return (
      <EmptyState title="No calls yet" icon="search" next={{ href: '/', label: 'Go to live calls' }}>
        Every call that a provider reports is stored here with its transcript. To import earlier calls, use{' '}
        <code>sidetone backfill</code>.
      </EmptyState>
    );
  }
  return (
    <section className="empty">
      <h2>No calls found</h2>
      <p>
        Words match in any order, and the last one also matches as a prefix. Put “double quotes” around a
        phrase. Or choose a longer time range and fewer filters.
      </p>
      <Button onClick={onClear}>Clear search</Button>
    </section>
  );
}
