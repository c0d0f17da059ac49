/**
 * Follows calls from their start to their end, for work that lasts as long as a call: a recording, a transcription, live
 * listening. Calls that are already live count as started, so the work continues after a restart of the daemon.
 */
import {
  type Call,
  type CallEnd,
  type CallId,
  type CallRecord,
  type Clock,
  type Logger,
} from '@sidetone/core';
import type { CallRegistry } from './call-registry.ts';
import type { RecordSource } from './ports.ts';

export interface CallSessionsDeps {
  readonly feeds: RecordSource;
  readonly registry: Pick<CallRegistry, 'live' | 'peek'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface CallSessionHandlers {
  /** Called for each live call at first, and for each call that starts. May be called twice for a call. */
  readonly onStart?: (call: Call) => void;
  /** Called `lastAudioMs` after the end of a call. */
  readonly onEnd: (callId: CallId, end: CallEnd) => void;
  /** How long after the end of a call its last audio may arrive, ms. */
  readonly lastAudioMs: number;
}

/** Follows all calls, or only one. Returns a function that stops. */
export function followCalls(
  { feeds, registry, clock, log }: CallSessionsDeps,
  { onStart, onEnd, lastAudioMs }: CallSessionHandlers,
  callId?: CallId,
): () => Promise<void> {
  const records = feeds.records({
    types: onStart ? ['CALL_STARTED', 'CALL_ENDED'] : ['CALL_ENDED'],
    ...(callId !== undefined && { callId }),
  });
  const pendingEnds = new Set<() => void>();

  function follow({ callId: id, fact }: CallRecord): void {
    const call = fact.type === 'CALL_STARTED' ? registry.peek(id) : undefined;
    if (call) onStart?.(call);
    if (fact.type !== 'CALL_ENDED') return;
    const cancel = clock.schedule(lastAudioMs, () => {
      pendingEnds.delete(cancel);
      onEnd(id, fact.end);
    });
    pendingEnds.add(cancel);
  }

  async function followAll(): Promise<void> {
    try {
      for await (const record of records) follow(record);
    } catch (error) {
      log.error('reading events failed, no longer following calls', { error });
    }
  }

  if (onStart) for (const call of registry.live()) onStart(call);
  void followAll();
  return async () => {
    for (const cancel of pendingEnds) cancel();
    pendingEnds.clear();
    await records.return?.();
  };
}
