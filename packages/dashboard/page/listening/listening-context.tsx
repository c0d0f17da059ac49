/** Provides the call that is listened to, on all pages. */
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { useClient } from 'urql';
import { createUrlSource } from '../api/signed-url.ts';
import { SIGNED_LISTEN_URL } from '../listen/documents.ts';
import { CALL_OVER, createListening, type Listening, type ListeningSession } from './listening.ts';

const ListeningContext = createContext<Listening | undefined>(undefined);

/** @throws {Error} outside of `ListeningProvider`. */
export function useListening(): Listening {
  const listening = useContext(ListeningContext);
  if (!listening) throw new Error('useListening: expected a ListeningProvider');
  return listening;
}

/** The current session, or undefined if the user does not listen to a call. */
export function useListeningSession(): ListeningSession | undefined {
  const { subscribe, state } = useListening();
  return useSyncExternalStore(subscribe, state);
}

export function ListeningProvider({ children }: { readonly children: ReactNode }) {
  const client = useClient();
  const listening = useMemo(
    () =>
      createListening({
        schedule(delayMs, run) {
          const timer = setTimeout(run, delayMs);
          return () => clearTimeout(timer);
        },
        async createListener(callId) {
          const { createListener } = await import('../listen/listener.ts');
          return createListener(
            createUrlSource({
              client,
              document: SIGNED_LISTEN_URL,
              callId,
              urlIn: (result) => result?.call?.signedListenUrl?.url,
              missing: CALL_OVER,
            }),
          );
        },
      }),
    [client],
  );
  useEffect(() => () => listening.stop(), [listening]);
  return <ListeningContext value={listening}>{children}</ListeningContext>;
}
