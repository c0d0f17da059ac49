/** Subscribes to the levels of the visible calls only, because the daemon meters only calls with demand. */
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { stringifyDocument } from 'urql';
import { useHasScope, useSession } from '../session/session-context.ts';
import { AUDIO_LEVELS, type CallLevels, type Levels } from './documents.ts';
import { createMeters, type Meters } from './meters.ts';

const QUERY = stringifyDocument(AUDIO_LEVELS);
/** Scrolling changes the visible calls many times per second. */
const DEBOUNCE_MS = 150;

/** @param onLevels called with each update, outside of rendering. */
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

  const onUpdate = useEffectEvent((levels: readonly CallLevels[]) => {
    meters.update(levels);
    onLevels?.(levels);
  });

  useEffect(() => {
    if (!canListen || key === '') return undefined;
    const timer = setTimeout(() => {
      const stopPrevious = stop.current;
      // Levels bypass the cache: they are transient.
      stop.current = socket.subscribe(
        { query: QUERY, variables: { callIds: key.split(' '), intervalMs } },
        {
          next: ({ data }) => data && onUpdate((data as { audioLevels: Levels }).audioLevels.levels),
          error: () => undefined,
          complete: () => undefined,
        },
      );
      // Subscribe first, so that demand for calls in both subscriptions does not end.
      stopPrevious?.();
    }, DEBOUNCE_MS);
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
