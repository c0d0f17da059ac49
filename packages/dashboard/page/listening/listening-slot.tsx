/** Shows the bar of the call that is listened to, on all pages but that of the call, which has the same controls. */
import { lazy, Suspense } from 'react';
import { useRoute } from 'wouter';
import { useListeningSession } from './listening-context.tsx';

const ListeningBar = lazy(() => import('./listening-bar.tsx'));

export function ListeningSlot() {
  const session = useListeningSession();
  const [, params] = useRoute('/calls/:id');
  if (!session || params?.id === session.callId) return null;
  return (
    <Suspense>
      <ListeningBar session={session} />
    </Suspense>
  );
}
