/** The calls that are being attached, each with its attempts and one pending timer. */
import { FaultError, type Clock, type Logger, type ProviderCallId } from '@sidetone/core';

/** Largest number of calls that are attached at once. */
export const MAX_ATTACHED = 1000;

export interface AttachedCall {
  /** Streams requested since one lasted. */
  attempts: number;
  /** Failures since one lasted, for the back-off. */
  failures: number;
  /** When the last stream was requested, epoch ms. */
  requestedAt: number;
  cancelTimer: () => void;
}

interface AttachedCalls {
  get(callId: ProviderCallId): AttachedCall | undefined;
  /** Returns the entry of a call, a new one if there is none. @throws {FaultError} LIMIT_EXCEEDED. */
  add(callId: ProviderCallId): AttachedCall;
  /** Deletes an entry and cancels its timer. */
  delete(callId: ProviderCallId): void;
  ids(): readonly ProviderCallId[];
  /** Replaces the timer of an entry. The task is skipped if the entry has been deleted by then. */
  schedule(callId: ProviderCallId, call: AttachedCall, delayMs: number, task: () => void): void;
}

/** Resets the counts of an entry after a stream lasted, or for a new request of a client. */
export function resetAttempts(call: AttachedCall): void {
  call.attempts = 0;
  call.failures = 0;
}

/** Creates an empty table. All timers are cancelled when `signal` aborts. */
export function createAttachedCalls(
  clock: Clock,
  log: Pick<Logger, 'warn'>,
  signal: AbortSignal,
): AttachedCalls {
  const entries = new Map<ProviderCallId, AttachedCall>();
  let isLimitLogged = false;

  signal.addEventListener('abort', () => {
    for (const call of entries.values()) call.cancelTimer();
  });

  return {
    get: (callId) => entries.get(callId),
    add(callId) {
      const known = entries.get(callId);
      if (known) return known;
      if (entries.size >= MAX_ATTACHED) {
        if (!isLimitLogged)
          log.warn('limit of attached calls reached, further calls are rejected', { limit: MAX_ATTACHED });
        isLimitLogged = true;
        throw new FaultError('LIMIT_EXCEEDED', `limit of ${MAX_ATTACHED} attached calls reached`);
      }
      const call: AttachedCall = {
        attempts: 0,
        failures: 0,
        requestedAt: clock.elapsed(),
        cancelTimer: () => {},
      };
      entries.set(callId, call);
      return call;
    },
    delete(callId) {
      entries.get(callId)?.cancelTimer();
      entries.delete(callId);
    },
    ids: () => [...entries.keys()],
    schedule(callId, call, delayMs, task) {
      call.cancelTimer();
      call.cancelTimer = clock.schedule(delayMs, () => {
        if (!signal.aborted && entries.get(callId) === call) task();
      });
    },
  };
}
