/**
 * Who asked for the audio that waits in Vobiz to be dropped. Vobiz answers each `clearAudio` by a `clearedAudio` that
 * does not say whose it was: the oldest that waits is answered first. An answer may be late, or lost; one that waits for
 * longer than usual gives way to a newer one.
 */
import type { Clock } from '@sidetone/core';

/** How long an answer is waited for, ms. Normally it takes milliseconds. */
export const CLEARED_WITHIN_MS = 1000;
/** How long one that did not come in time is still known when it comes, ms. */
export const CLEARED_LATE_MS = 10_000;
/** Most that wait; beyond, the oldest is forgotten. */
export const MAX_CLEARINGS = 100;

interface Clearing {
  readonly sentAt: number;
  /** Absent of the agent's. */
  readonly ours?: { readonly settle: () => void; readonly onCleared: () => void };
  /** Whether a status callback told of it. */
  wasCalledBack: boolean;
}

export interface Clearings {
  /**
   * One of ours was sent. `onCleared` is called when it was answered, late or not; the promise settles then, or when
   * its time is over, or at the end of the stream.
   */
  addOurs(onCleared?: () => void): Promise<void>;
  /** One of the agent's was sent. */
  addAgents(): void;
  /** An answer came. Whether it is the agent's, as is one that nobody waits for. */
  take(): 'ours' | 'agents';
  /** A status callback told of one that was carried out: it stands for an answer on the socket that does not come. */
  callBack(): void;
  end(): void;
}

/** Nothing was asked for yet. Whoever makes it ends it. */
export function createClearings(clock: Clock): Clearings {
  let waiting: Clearing[] = [];

  const isOverdue = ({ sentAt }: Clearing): boolean => clock.now() - sentAt >= CLEARED_WITHIN_MS;

  function add(clearing: Clearing): void {
    const kept = waiting.filter(({ sentAt }) => clock.now() - sentAt < CLEARED_LATE_MS);
    for (const { ours } of kept.splice(0, kept.length + 1 - MAX_CLEARINGS)) ours?.settle();
    waiting = [...kept, clearing];
  }

  function remove(clearing: Clearing): void {
    waiting = waiting.filter((other) => other !== clearing);
  }

  return {
    addOurs(onCleared = () => {}) {
      return new Promise((resolve) => {
        const settle = (): void => {
          cancel();
          resolve();
        };
        const clearing: Clearing = {
          sentAt: clock.now(),
          ours: { settle, onCleared },
          wasCalledBack: false,
        };
        const cancel = clock.schedule(CLEARED_WITHIN_MS, () => {
          resolve();
          if (!clearing.wasCalledBack) return;
          remove(clearing);
          onCleared();
        });
        add(clearing);
      });
    },
    addAgents: () => add({ sentAt: clock.now(), wasCalledBack: false }),
    take() {
      const answered = waiting.find((clearing) => !isOverdue(clearing)) ?? waiting[0];
      if (!answered || clock.now() - answered.sentAt >= CLEARED_LATE_MS) return 'agents';
      remove(answered);
      answered.ours?.onCleared();
      answered.ours?.settle();
      return answered.ours ? 'ours' : 'agents';
    },
    callBack() {
      const told = waiting.find(({ wasCalledBack }) => !wasCalledBack);
      if (!told) return;
      told.wasCalledBack = true;
      if (!isOverdue(told)) return;
      remove(told);
      told.ours?.onCleared();
    },
    end() {
      for (const { ours } of waiting) ours?.settle();
      waiting = [];
    },
  };
}
