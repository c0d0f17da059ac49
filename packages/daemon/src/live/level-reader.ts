/**
 * Reads levels for one subscription: at every tick, the calls whose levels changed. A tick that is not pulled in time is
 * skipped. A call whose audio ends is reported as silent once.
 */
import { SILENCE, type CallId, type Clock } from '@sidetone/core';
import type { LevelsItem, LevelSource, PartyLevel } from './ports.ts';

export class LevelReader {
  readonly #levels: LevelSource;
  readonly #callIds: readonly CallId[] | undefined;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #reported = new Map<CallId, readonly PartyLevel[]>();
  #isDue = false;

  constructor(levels: LevelSource, callIds: readonly CallId[] | undefined, intervalMs: number, clock: Clock) {
    this.#levels = levels;
    this.#callIds = callIds;
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** Calls `wake` at a steady interval. Returns a function that stops it. */
  everyTick(wake: () => void): () => void {
    let due = this.#clock.elapsed();
    let cancel = (): void => undefined;
    const tick = (): void => {
      this.#isDue = true;
      wake();
      schedule();
    };
    const schedule = (): void => {
      const now = this.#clock.elapsed();
      due = Math.max(due + this.#intervalMs, now);
      cancel = this.#clock.schedule(due - now, tick);
    };
    schedule();
    return () => cancel();
  }

  pull(): LevelsItem | undefined {
    if (!this.#isDue) return undefined;
    this.#isDue = false;
    const at = this.#clock.now();
    const reported = new Map<CallId, readonly PartyLevel[]>();
    const calls: { callId: CallId; parties: readonly PartyLevel[] }[] = [];
    for (const callId of this.#callIds ?? this.#levels.calls()) {
      const parties = this.#levels.read(callId, this.#intervalMs);
      if (parties.length === 0) continue;
      reported.set(callId, parties);
      if (!isSame(parties, this.#reported.get(callId))) calls.push({ callId, parties });
    }
    for (const [callId, parties] of this.#reported) {
      const silent = reported.has(callId) ? [] : parties.map(({ party }) => ({ party, at, ...SILENCE }));
      if (silent.length > 0 && !isSame(silent, parties)) calls.push({ callId, parties: silent });
    }
    this.#reported = reported;
    return calls.length > 0 ? { at, calls } : undefined;
  }
}

function isSame(now: readonly PartyLevel[], before: readonly PartyLevel[] | undefined): boolean {
  return (
    before?.length === now.length &&
    now.every((level, i) => {
      const other = before[i]!;
      return (
        level.party === other.party &&
        level.rmsDb === other.rmsDb &&
        level.peakDb === other.peakDb &&
        level.speaking === other.speaking
      );
    })
  );
}
