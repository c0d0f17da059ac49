/** Follows the levels of the calls that are on the screen, and of no other: the daemon meters only what somebody reads. */
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { stringifyDocument } from 'urql';
import { useHasScope, useSession } from '../session/session-context.ts';
import { AUDIO_LEVELS, type CallLevels, type Levels } from './documents.ts';
import { createMeters, type Meters } from './meters.ts';

const QUERY = stringifyDocument(AUDIO_LEVELS);
/** While somebody scrolls, the calls that are seen change all the time. */
const SETTLE_MS = 150;

/** @param onLevels is told of every reading, outside of rendering. */
export function useLevels(
  callIds: readonly string[],
  intervalMs: number,
  onLevels?: (levels: readonly CallLevels[]) => void,
): Meters {
  const { socket } = useSession().api;
  const canListen = useHasScope('LISTEN');
  const meters = useMemo(() => createMeters(requestAnimationFrame), []);
  const stop = useRef<() => void>(undefined);
  const key = callIds.toSorted().join(' ');

  const onReading = useEffectEvent((levels: readonly CallLevels[]) => {
    meters.update(levels);
    onLevels?.(levels);
  });

  useEffect(() => {
    if (!canListen || key === '') return undefined;
    const timer = setTimeout(() => {
      const before = stop.current;
      // Readings are no facts: they go around the cache.
      stop.current = socket.subscribe(
        { query: QUERY, variables: { callIds: key.split(' '), intervalMs } },
        {
          next: ({ data }) => data && onReading((data as { audioLevels: Levels }).audioLevels.levels),
          error: () => undefined,
          complete: () => undefined,
        },
      );
      // The new one begins first, so that what both want is metered without a break.
      before?.();
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [key, intervalMs, canListen, socket]);

  useEffect(
    () => () => {
      stop.current?.();
      stop.current = undefined;
    },
    [socket],
  );
  return meters;
}
