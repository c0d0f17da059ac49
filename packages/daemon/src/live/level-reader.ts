/**
 * Levels for one subscription: on every tick, the calls whose reading changed. A tick nobody pulled is skipped. A call of
 * which nothing is heard any longer is told as silence, once.
 */
import { SILENCE, type CallId, type Clock } from '@sidetone/core';
import type { LevelsItem, LevelSource, PartyLevel } from './ports.ts';

export class LevelReader {
  readonly #levels: LevelSource;
  readonly #callIds: readonly CallId[] | undefined;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #told = new Map<CallId, readonly PartyLevel[]>();
  #isDue = false;

  constructor(levels: LevelSource, callIds: readonly CallId[] | undefined, intervalMs: number, clock: Clock) {
    this.#levels = levels;
    this.#callIds = callIds;
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** Wakes at a steady pace until the function that comes back is called. */
  everyTick(wake: () => void): () => void {
    let due = this.#clock.now();
    let cancel = (): void => undefined;
    const tick = (): void => {
      this.#isDue = true;
      wake();
      plan();
    };
    const plan = (): void => {
      const now = this.#clock.now();
      due = Math.max(due + this.#intervalMs, now);
      cancel = this.#clock.schedule(due - now, tick);
    };
    plan();
    return () => cancel();
  }

  pull(): LevelsItem | undefined {
    if (!this.#isDue) return undefined;
    this.#isDue = false;
    const at = this.#clock.now();
    const told = new Map<CallId, readonly PartyLevel[]>();
    const calls: { callId: CallId; parties: readonly PartyLevel[] }[] = [];
    for (const callId of this.#callIds ?? this.#levels.calls()) {
      const parties = this.#levels.read(callId, this.#intervalMs);
      if (parties.length === 0) continue;
      told.set(callId, parties);
      if (!isSame(parties, this.#told.get(callId))) calls.push({ callId, parties });
    }
    for (const [callId, parties] of this.#told) {
      const gone = told.has(callId) ? [] : parties.map(({ party }) => ({ party, at, ...SILENCE }));
      if (gone.length > 0 && !isSame(gone, parties)) calls.push({ callId, parties: gone });
    }
    this.#told = told;
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
