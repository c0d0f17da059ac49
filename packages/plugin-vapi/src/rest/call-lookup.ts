/**
 * Requests a call whose monitor URLs are unknown until they are there: Vapi sets them some seconds after the call was created. A
 * background lookup that failed is not repeated for a while.
 */
import { BoundedMap } from '@sidetone/plugin-kit';
import type { Clock, ProviderCallId } from '@sidetone/core';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { Urgency } from './api.ts';
import type { CallRefresher, CallState } from './call-refresher.ts';

/** Delays before each request, ms. */
export const LOOKUP_DELAYS_MS = [0, 1000, 2000, 4000] as const;
/** Time between background lookups of a call, ms. */
const LOOKUP_INTERVAL_MS = 60_000;
/** Calls whose last lookup is remembered. */
const MAX_REMEMBERED = 2000;

interface CallLookupDeps {
  readonly clock: Clock;
  readonly calls: Pick<LiveCalls, 'monitorUrl' | 'isDescribed'>;
  readonly refresher: Pick<CallRefresher, 'refresh'>;
  /** Ends every lookup. */
  readonly stopped: AbortSignal;
}

export interface CallLookup {
  /** Looks a call up in the background, unless that was done recently. */
  start(callId: ProviderCallId): void;
  /**
   * Looks a call up now. Resolves with 'ended' if the call has ended.
   * @throws {FaultError} if the last request failed.
   */
  find(callId: ProviderCallId, signal: AbortSignal): Promise<CallState>;
}

/** Returns a lookup of calls. It ends with `stopped`. */
export function createCallLookup({ clock, calls, refresher, stopped }: CallLookupDeps): CallLookup {
  const startedAt = new BoundedMap<ProviderCallId, number>(MAX_REMEMBERED);

  const isComplete = (callId: ProviderCallId): boolean =>
    calls.monitorUrl(callId, 'control') !== 'unknown' && calls.isDescribed(callId);

  async function find(callId: ProviderCallId, signal: AbortSignal, urgency: Urgency): Promise<CallState> {
    let failure: unknown;
    for (const delayMs of LOOKUP_DELAYS_MS) {
      if (delayMs > 0) await clock.delay(delayMs, signal);
      if (isComplete(callId)) return 'live';
      if (signal.aborted) break;
      try {
        failure = undefined;
        // A message has just reported a background lookup's call: it has not ended, whatever this account can see.
        const options = urgency === 'patient' ? { urgency, endIfNotFound: false } : { urgency };
        if ((await refresher.refresh(callId, signal, options)) === 'ended') return 'ended';
      } catch (error) {
        failure = error;
      }
      if (isComplete(callId)) return 'live';
    }
    if (failure !== undefined) throw failure;
    return 'live';
  }

  return {
    find: (callId, signal) => find(callId, AbortSignal.any([signal, stopped]), 'urgent'),
    start(callId) {
      const lastAt = startedAt.get(callId);
      if (lastAt !== undefined && clock.elapsed() - lastAt < LOOKUP_INTERVAL_MS) return;
      startedAt.set(callId, clock.elapsed());
      // Calls that could not be requested are found by the sweep.
      find(callId, stopped, 'patient').catch(() => undefined);
    },
  };
}
