/** Subscribes to the levels of the visible calls only, because the daemon meters only calls with demand. */
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { stringifyDocument } from 'urql';
import { useHasScope, useSession } from '../session/session-context.ts';
import { AUDIO_LEVELS, type CallLevels, type Levels } from './documents.ts';
import { createMeters, type Meters } from './meters.ts';

const QUERY = stringifyDocument(AUDIO_LEVELS);
/** Within this time, a new subscription has reported every call whose audio is received. */
const SETTLE_MS = 1000;
/** Scrolling changes the visible calls many times per second. */
const DEBOUNCE_MS = 150;

/** @param onLevels called with each update, outside of rendering. Calls without audio have no parties. */
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
    let settled: ReturnType<typeof setTimeout> | undefined;
    const timer = setTimeout(() => {
      const stopPrevious = stop.current;
      const ids = key.split(' ');
      const silent = new Set(ids);
      // Levels bypass the cache: they are transient.
      stop.current = socket.subscribe(
        { query: QUERY, variables: { callIds: ids, intervalMs } },
        {
          next({ data }) {
            if (!data) return;
            const { levels } = (data as { audioLevels: Levels }).audioLevels;
            for (const { callId } of levels) silent.delete(callId);
            onUpdate(levels);
          },
          error: () => undefined,
          complete: () => undefined,
        },
      );
      // Subscribe first, so that demand for calls in both subscriptions does not end.
      stopPrevious?.();
      // The end of the audio of a call may have been reported to nobody: between two subscriptions.
      settled = setTimeout(() => onUpdate([...silent].map((callId) => ({ callId, parties: [] }))), SETTLE_MS);
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      clearTimeout(settled);
    };
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
