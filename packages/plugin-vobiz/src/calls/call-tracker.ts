/** Emits the events of calls, and remembers which calls have ended and which were placed by this instance. */
import type { ProviderCallId, ProviderEvent, ProviderHost } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';

/** Largest number of ended calls that are remembered, so that a late answer webhook does not reopen one. */
const MAX_ENDED_CALLS = 2000;
/** Largest number of placed calls that are remembered until they end. */
const MAX_PLACED_CALLS = 2000;

interface CallTrackerDeps {
  readonly host: Pick<ProviderHost, 'emit'>;
  /** Aborts when the instance stops: no events are emitted after that. */
  readonly signal: AbortSignal;
  /** Releases what belongs to an ended call. May be called more than once. `events` include the end. */
  readonly onEnd: (callId: ProviderCallId, events: readonly ProviderEvent[]) => Promise<void>;
}

export interface CallTracker {
  hasEnded(callId: ProviderCallId): boolean;
  /** Returns whether a live call was placed by this instance. */
  isPlaced(callId: ProviderCallId): boolean;
  addPlaced(callId: ProviderCallId): void;
  /** Emits events of one call. Resolves when everything that belongs to the call is released, if they end it. */
  emit(events: readonly ProviderEvent[]): Promise<void>;
  /**
   * Emits the events of a webhook. Webhooks carry no time, so the start of an ended call is dropped: it would date the answer
   * after the end.
   */
  emitUndated(events: readonly ProviderEvent[]): Promise<void>;
}

/** Creates a tracker without calls. */
export function createCallTracker({ host, signal, onEnd }: CallTrackerDeps): CallTracker {
  const ended = new BoundedMap<string, true>(MAX_ENDED_CALLS);
  const placed = new BoundedMap<string, true>(MAX_PLACED_CALLS);

  function emit(events: readonly ProviderEvent[]): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    for (const event of events) host.emit(event);
    const end = events.find(({ type }) => type === 'call.ended');
    if (!end) return Promise.resolve();
    ended.set(end.providerCallId, true);
    placed.delete(end.providerCallId);
    return onEnd(end.providerCallId, events);
  }

  return {
    hasEnded: (callId) => ended.has(callId),
    isPlaced: (callId) => placed.has(callId),
    addPlaced: (callId) => placed.set(callId, true),
    emit,
    emitUndated: (events) =>
      emit(
        events.filter(({ type, providerCallId }) => type !== 'call.started' || !ended.has(providerCallId)),
      ),
  };
}
