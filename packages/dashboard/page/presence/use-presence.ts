/** Asks every few seconds who else watches or listens. Calls without anybody have no entry. */
import { useEffect, useState } from 'react';
import { subscribeLive } from '../api/live.ts';
import { useListeningSession } from '../listening/listening-context.tsx';
import { useSession } from '../session/session-context.ts';
import { PRESENCE } from './documents.ts';
import { othersOf, type Others } from './presence.ts';

/** Viewers are not events of the API. */
const POLL_MS = 5000;
/** Scrolling changes the visible calls many times per second. */
const DEBOUNCE_MS = 400;

type Presence = ReadonlyMap<string, Others>;
const NOBODY: Presence = new Map();

/** @param viewedId the call that this page watches itself. */
export function usePresence(callIds: readonly string[], viewedId?: string): Presence {
  const { api, viewer } = useSession();
  const listeningId = useListeningSession()?.callId;
  const [presence, setPresence] = useState(NOBODY);
  const key = callIds.toSorted().join(' ');
  useEffect(() => {
    if (key === '') return undefined;
    let stop = (): void => undefined;
    function ask(): void {
      if (document.hidden) return;
      stop();
      // Over the socket, around the cache: the cache would keep every call that was ever in view.
      stop = subscribeLive(
        api.socket,
        PRESENCE,
        { ids: key.split(' ') },
        {
          next({ nodes }) {
            const entries = nodes.flatMap((call): [string, Others][] => {
              if (call?.__typename !== 'Call') return [];
              const { id, listeners, viewers } = call;
              const own = { name: viewer.name, isListening: id === listeningId, isViewing: id === viewedId };
              const others = othersOf({ listeners, viewers }, own);
              return others.listeners.length + others.viewers.length > 0 ? [[id, others]] : [];
            });
            setPresence((known) => {
              const next = new Map(entries.map(([id, others]) => [id, sameOr(known.get(id), others)]));
              return isSameMap(known, next) ? known : next;
            });
          },
        },
      );
    }
    const first = setTimeout(ask, DEBOUNCE_MS);
    const timer = setInterval(ask, POLL_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      stop();
    };
  }, [api.socket, viewer.name, key, listeningId, viewedId]);
  return presence;
}

const sameOr = (known: Others | undefined, next: Others): Others =>
  known !== undefined && JSON.stringify(known) === JSON.stringify(next) ? known : next;

const isSameMap = (one: Presence, other: Presence): boolean =>
  one.size === other.size && [...other].every(([id, others]) => one.get(id) === others);
