/** Calls of the past. */
import { EmptyState } from '../ui/empty-state.tsx';

export default function HistoryPage() {
  return (
    <EmptyState title="History" icon="search" next={{ href: '/', label: 'To the live board' }}>
      Search is not here yet. Past calls can be asked for in GraphiQL meanwhile.
    </EmptyState>
  );
}
