/** The live board. */
import { EmptyState } from '../ui/empty-state.tsx';

export function Board() {
  return <EmptyState title="Live calls">None yet.</EmptyState>;
}
