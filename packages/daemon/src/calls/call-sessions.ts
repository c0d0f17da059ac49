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
import type { RecordSource, ShownCalls } from './ports.ts';

export interface CallSessionsDeps {
  readonly feeds: RecordSource;
  readonly registry: Pick<ShownCalls, 'live' | 'peek'> & Partial<Pick<CallRegistry, 'onMoved'>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The audio streams of calls. */
export interface OpenStreams {
  /** Returns whether a call has an open stream. */
  has(callId: CallId): boolean;
  /** Calls the listener when the last open stream of a call closes. Returns a function that removes it. */
  onceClosed(callId: CallId, listener: () => void): () => void;
}

/** How long the end of a session waits for streams that are open when a call ends. */
export interface LateAudio {
  readonly streams: OpenStreams;
  /** Longest time after the end of the call, ms. */
  readonly maxMs: number;
}

export interface CallSessionHandlers {
  /**
   * Called for each live call at first, and for each call that starts or comes from another node. May be called twice for a
   * call.
   */
  readonly onStart?: (call: Call) => void;
  /** Called when a call goes to another node. */
  readonly onLeft?: (callId: CallId) => void;
  /** Called when a call ends. */
  readonly onEnding?: (callId: CallId) => void;
  /** Called `lastAudioMs` after the end of a call, or later with `lateAudio`. */
  readonly onEnd: (callId: CallId, end: CallEnd) => void;
  /** How long after the end of a call its last audio may be delivered, ms. */
  readonly lastAudioMs: number;
  /** Delays `onEnd` until all streams of the call are closed. */
  readonly lateAudio?: LateAudio;
}

/** Follows all calls, or only one. Returns a function that stops. */
export function followCalls(
  { feeds, registry, clock, log }: CallSessionsDeps,
  handlers: CallSessionHandlers,
  callId?: CallId,
): () => Promise<void> {
  const { onStart } = handlers;
  const records = feeds.records({
    types: onStart ? ['CALL_STARTED', 'CALL_ENDED'] : ['CALL_ENDED'],
    ...(callId !== undefined && { callId }),
  });
  const pendingEnds = new Set<() => void>();

  function follow({ callId: id, fact }: CallRecord): void {
    const call = fact.type === 'CALL_STARTED' ? registry.peek(id) : undefined;
    if (call) onStart?.(call);
    if (fact.type !== 'CALL_ENDED') return;
    handlers.onEnding?.(id);
    const cancel = afterLastAudio(id, handlers, clock, () => {
      pendingEnds.delete(cancel);
      handlers.onEnd(id, fact.end);
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

  const ignoreMoves = registry.onMoved?.({
    came: (call) => onStart?.(call),
    left: (id) => handlers.onLeft?.(id),
  });
  if (onStart) for (const call of registry.live()) onStart(call);
  void followAll();
  return async () => {
    for (const cancel of pendingEnds) cancel();
    pendingEnds.clear();
    ignoreMoves?.();
    await records.return?.();
  };
}

/** Calls `done` when the last audio of an ended call has been delivered. Returns a function that cancels it. */
function afterLastAudio(
  callId: CallId,
  { lastAudioMs, lateAudio }: Pick<CallSessionHandlers, 'lastAudioMs' | 'lateAudio'>,
  clock: Pick<Clock, 'schedule'>,
  done: () => void,
): () => void {
  let cancel = clock.schedule(lastAudioMs, () => {
    if (!lateAudio?.streams.has(callId)) return done();
    const finish = (): void => {
      cancel();
      done();
    };
    const forget = lateAudio.streams.onceClosed(callId, finish);
    const cancelTimeout = clock.schedule(lateAudio.maxMs - lastAudioMs, finish);
    cancel = () => {
      forget();
      cancelTimeout();
    };
  });
  return () => cancel();
}
