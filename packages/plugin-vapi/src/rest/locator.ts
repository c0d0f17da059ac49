/**
 * Asks about a call of which too little is known, until its addresses are there: Vapi tells them some seconds after a
 * call was made. One search a call at a time, and not again at once when it found nothing.
 */
import type { Clock, ProviderCallId } from '@sidetone/core';
import type { Urgency } from './api.ts';

/** Waits before each question, ms. */
export const LOCATE_DELAYS_MS = [0, 1000, 2000, 4000] as const;
/** How long a search that found nothing is not begun again without a command, ms. */
export const SEARCH_AGAIN_AFTER_MS = 60_000;
/** Most calls whose searches are remembered. */
const MAX_REMEMBERED = 2000;

export interface LocatorDeps {
  readonly clock: Clock;
  /** Ends every search. */
  readonly life: AbortSignal;
  /** Whether nothing need be asked any more. */
  readonly isTold: (callId: ProviderCallId) => boolean;
  /** Asks how the call stands and takes in the answer. May reject. */
  readonly ask: (callId: ProviderCallId, signal: AbortSignal, urgency: Urgency) => Promise<'live' | 'over'>;
}

export interface Locator {
  /** Searches in the background, unless that was done a moment ago. */
  begin(callId: ProviderCallId): void;
  /**
   * Searches now, for someone who waits. Whether the call turned out to be over.
   * @throws {FaultError} when the last question was not answered.
   */
  search(callId: ProviderCallId, signal: AbortSignal): Promise<'live' | 'over'>;
}

/** A locator that searches for nothing yet. It ends with `life`. */
export function createLocator({ clock, life, isTold, ask }: LocatorDeps): Locator {
  const searches = new Map<ProviderCallId, number>();

  async function find(
    callId: ProviderCallId,
    signal: AbortSignal,
    urgency: Urgency,
  ): Promise<'live' | 'over'> {
    let failure: unknown;
    for (const delayMs of LOCATE_DELAYS_MS) {
      if (delayMs > 0) await clock.delay(delayMs, signal);
      if (isTold(callId)) return 'live';
      if (signal.aborted) break;
      try {
        failure = undefined;
        if ((await ask(callId, signal, urgency)) === 'over') return 'over';
      } catch (error) {
        failure = error;
      }
      if (isTold(callId)) return 'live';
    }
    if (failure !== undefined) throw failure;
    return 'live';
  }

  return {
    search: (callId, signal) => find(callId, signal, 'urgent'),
    begin(callId) {
      const begunAt = searches.get(callId);
      if (begunAt !== undefined && clock.now() - begunAt < SEARCH_AGAIN_AFTER_MS) return;
      searches.delete(callId);
      searches.set(callId, clock.now());
      const oldest = searches.size > MAX_REMEMBERED ? searches.keys().next().value : undefined;
      if (oldest !== undefined) searches.delete(oldest);
      // What could not be asked for is asked for by the sweep.
      find(callId, life, 'patient').catch(() => undefined);
    },
  };
}
