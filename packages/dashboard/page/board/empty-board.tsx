/** The board without calls: before the first snapshot, and while no call is live. */
import { useQuery } from 'urql';
import { EmptyState } from '../ui/empty-state.tsx';
import { PROVIDERS } from './documents.ts';

const SKELETON_ROWS = [1, 0.8, 0.9, 0.7, 0.85];

export function NoCalls() {
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
export function BoardSkeleton() {
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
