/**
 * The levels of some calls at a steady interval, for all subscriptions with the same calls and interval: they have the same
 * ticks, and what they receive is computed once.
 */
import { SILENCE, type CallId, type Clock } from '@sidetone/core';
import { Notifier } from './notifier.ts';
import type { LevelsItem, LevelSource, PartyLevel } from './ports.ts';

/** The levels of all calls with audio at a tick. */
export interface LevelReading {
  readonly at: number;
  readonly levels: ReadonlyMap<CallId, readonly PartyLevel[]>;
}

export interface LevelTicksDeps {
  readonly levels: LevelSource;
  readonly clock: Clock;
}

export const NO_LEVELS: LevelReading = { at: 0, levels: new Map() };

export class LevelTicks {
  readonly #deps: LevelTicksDeps;
  readonly #callIds: readonly CallId[] | undefined;
  readonly #intervalMs: number;
  readonly #notifier = new Notifier();
  #stop = (): void => undefined;
  #reading: LevelReading | undefined;
  /** The changes since earlier readings. */
  #changes = new Map<LevelReading, LevelsItem | undefined>();

  /** @param callIds all calls if undefined */
  constructor(deps: LevelTicksDeps, callIds: readonly CallId[] | undefined, intervalMs: number) {
    this.#deps = deps;
    this.#callIds = callIds;
    this.#intervalMs = intervalMs;
  }

  /** Number of subscribed listeners. */
  get listeners(): number {
    return this.#notifier.listeners;
  }

  /** Calls the listener at a steady interval. Returns a function that stops it. The first one starts the interval. */
  subscribe(listener: () => void): () => void {
    const unsubscribe = this.#notifier.subscribe(listener);
    if (this.listeners === 1) this.#start();
    return () => {
      unsubscribe();
      if (this.listeners > 0) return;
      this.#stop();
      this.#forget();
    };
  }

  /** Returns the levels of this tick. */
  read(): LevelReading {
    if (this.#reading) return this.#reading;
    const { levels, clock } = this.#deps;
    const found = new Map<CallId, readonly PartyLevel[]>();
    for (const callId of this.#callIds ?? levels.calls()) {
      const parties = levels.read(callId, this.#intervalMs);
      if (parties.length > 0) found.set(callId, parties);
    }
    this.#reading = { at: clock.now(), levels: found };
    return this.#reading;
  }

  /** Returns what has changed in this tick since an earlier one: the same object for everyone; undefined if nothing has. */
  changesSince(before: LevelReading): LevelsItem | undefined {
    const now = this.read();
    if (!this.#changes.has(before)) this.#changes.set(before, changesBetween(before, now));
    return this.#changes.get(before);
  }

  #start(): void {
    const { clock } = this.#deps;
    let due = clock.elapsed();
    let cancel = (): void => undefined;
    const tick = (): void => {
      this.#forget();
      this.#notifier.notify();
      schedule();
    };
    const schedule = (): void => {
      const now = clock.elapsed();
      due = Math.max(due + this.#intervalMs, now);
      cancel = clock.schedule(due - now, tick);
    };
    this.#stop = () => cancel();
    schedule();
  }

  #forget(): void {
    this.#reading = undefined;
    this.#changes = new Map();
  }
}

/** A call whose audio has ended is reported as silent once. */
function changesBetween(before: LevelReading, { at, levels }: LevelReading): LevelsItem | undefined {
  const calls: { callId: CallId; parties: readonly PartyLevel[] }[] = [];
  for (const [callId, parties] of levels) {
    if (!isSame(parties, before.levels.get(callId))) calls.push({ callId, parties });
  }
  for (const [callId, parties] of before.levels) {
    const silent = levels.has(callId) ? [] : parties.map(({ party }) => ({ party, at, ...SILENCE }));
    if (silent.length > 0 && !isSame(silent, parties)) calls.push({ callId, parties: silent });
  }
  return calls.length > 0 ? { at, calls } : undefined;
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
