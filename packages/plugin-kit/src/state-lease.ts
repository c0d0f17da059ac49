/**
 * Work that one of the instances does that share a state, such as requests for all calls of an account. Two may do it for a moment
 * if their clocks differ: what it causes must be the same then.
 */
import type { ProviderHost } from '@sidetone/core';
import { compareAndSet } from './compare-and-set.ts';
import { numberOf, objectOf, parseJson, textOf } from './tolerant-json.ts';

export interface StateLease {
  /**
   * Takes or renews the lease. Returns whether this instance has it; always if no other one shares the state. Rejects if the state
   * cannot be read.
   */
  hold(): Promise<boolean>;
  /** Returns whether another instance has it. Rejects as `hold`. */
  isElsewhere(): Promise<boolean>;
  /** Lets another instance have it at once. */
  release(): Promise<void>;
}

/** @param leaseMs how long another instance waits after the last `hold`: longer than the pause between two of them */
export function createStateLease(
  { state, clock, randomToken }: Pick<ProviderHost, 'state' | 'clock' | 'randomToken'>,
  key: string,
  leaseMs: number,
): StateLease {
  const holder = randomToken();

  async function read() {
    const stored = await state.get(key);
    const value = objectOf(parseJson(stored ?? 'null'));
    const isOver = (numberOf(value['until']) ?? 0) <= clock.now();
    return { stored, isOver, isMine: textOf(value['holder']) === holder };
  }

  return {
    async hold() {
      if (!state.isShared) return true;
      const { stored, isOver, isMine } = await read();
      const next = JSON.stringify({ holder, until: Math.round(clock.now() + leaseMs) });
      return (isMine || isOver) && compareAndSet(state, key, stored, next);
    },
    async isElsewhere() {
      if (!state.isShared) return false;
      const { isOver, isMine } = await read();
      return !isOver && !isMine;
    },
    async release() {
      if (!state.isShared) return;
      const { stored, isMine } = await read();
      if (isMine) await compareAndSet(state, key, stored, undefined);
    },
  };
}
