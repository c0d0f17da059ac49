/**
 * Tracks who requested that the audio buffered by Vobiz is cleared. Vobiz responds to each `clearAudio` with a
 * `clearedAudio` that does not identify the request, so responses are matched in order. A response may be late or lost: an
 * overdue request is matched after newer ones.
 */
import type { Clock } from '@sidetone/core';

/** How long a response normally takes at most, ms; the usual time is a few milliseconds. */
export const CLEAR_TIMEOUT_MS = 1000;
/** How long an overdue response is still matched, ms. */
export const CLEAR_EXPIRY_MS = 10_000;
/** Largest number of pending requests. */
export const MAX_PENDING_CLEARS = 100;

/** Who requested a clear: this daemon, or the agent. */
export type ClearedBy = 'daemon' | 'agent';

interface PendingClear {
  readonly sentAt: number;
  /** Defined for a request of this daemon. */
  readonly own?: { readonly settle: () => void; readonly onCleared: () => void };
  /** Whether a status callback reported the clear. */
  hasCallback: boolean;
}

interface ClearTracker {
  /**
   * Adds a request of this daemon. `onCleared` is called with the response, even if it is late. The promise resolves with
   * the response, after a timeout, or at the end of the stream.
   */
  addOwn(onCleared?: () => void): Promise<void>;
  /** Adds a request of the agent. */
  addAgent(): void;
  /** Matches a response on the socket; an unexpected one counts as the agent's. */
  cleared(): ClearedBy;
  /** Matches a status callback: it replaces the response on the socket if that does not arrive. */
  clearedByCallback(): void;
  end(): void;
}

/** Creates a tracker without requests. The caller must end it. */
export function createClearTracker(clock: Clock): ClearTracker {
  let pending: PendingClear[] = [];

  const isOverdue = ({ sentAt }: PendingClear): boolean => clock.elapsed() - sentAt >= CLEAR_TIMEOUT_MS;

  function add(clear: PendingClear): void {
    const kept = pending.filter(({ sentAt }) => clock.elapsed() - sentAt < CLEAR_EXPIRY_MS);
    for (const { own } of kept.splice(0, kept.length + 1 - MAX_PENDING_CLEARS)) own?.settle();
    pending = [...kept, clear];
  }

  function remove(clear: PendingClear): void {
    pending = pending.filter((other) => other !== clear);
  }

  return {
    addOwn(onCleared = () => {}) {
      return new Promise((resolve) => {
        const settle = (): void => {
          cancel();
          resolve();
        };
        const clear: PendingClear = {
          sentAt: clock.elapsed(),
          own: { settle, onCleared },
          hasCallback: false,
        };
        const cancel = clock.schedule(CLEAR_TIMEOUT_MS, () => {
          resolve();
          if (!clear.hasCallback) return;
          remove(clear);
          onCleared();
        });
        add(clear);
      });
    },
    addAgent: () => add({ sentAt: clock.elapsed(), hasCallback: false }),
    cleared() {
      const match = pending.find((clear) => !isOverdue(clear)) ?? pending[0];
      if (!match || clock.elapsed() - match.sentAt >= CLEAR_EXPIRY_MS) return 'agent';
      remove(match);
      match.own?.onCleared();
      match.own?.settle();
      return match.own ? 'daemon' : 'agent';
    },
    clearedByCallback() {
      const match = pending.find(({ hasCallback }) => !hasCallback);
      if (!match) return;
      match.hasCallback = true;
      if (!isOverdue(match)) return;
      remove(match);
      match.own?.onCleared();
    },
    end() {
      for (const { own } of pending) own?.settle();
      pending = [];
    },
  };
}
