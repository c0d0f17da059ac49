/** Shows the bar of the call that is listened to, on all pages but that of the call, which has the same controls. */
import { Suspense } from 'react';
import { lazyPart } from '../browser/lazy-part.tsx';
import { useRoute } from 'wouter';
import { useListeningSession } from './listening-context.tsx';

const ListeningBar = lazyPart(() => import('./listening-bar.tsx'));

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
