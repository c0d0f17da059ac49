/** One call. */
import { EmptyState } from '../ui/empty-state.tsx';

export default function CallPage({ callId }: { readonly callId: string }) {
  return <EmptyState title="One call">{callId}</EmptyState>;
}
