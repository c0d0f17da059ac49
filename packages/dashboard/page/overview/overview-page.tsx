/** Calls over time. */
import { EmptyState } from '../ui/empty-state.tsx';

export default function OverviewPage() {
  return (
    <EmptyState title="Overview" next={{ href: '/', label: 'To the live board' }}>
      Charts are not here yet.
    </EmptyState>
  );
}
