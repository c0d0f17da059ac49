/**
 * Level meters that are drawn outside React: readings overwrite one another here, and one loop of animation frames moves
 * the meters that are on the page. It stops when nothing moves.
 */
import type { CallLevels } from './documents.ts';

/** The quietest level that a meter shows, dBFS. */
export const FLOOR_DB = -60;
/** Which share of the way a meter goes in a frame: up at once, down as the eye follows. */
const RISE = 0.6;
const FALL = 0.15;
const STILL = 0.004;

/** How much of a meter a level fills, 0 to 1. */
export const fillOf = (db: number): number => Math.min(1, Math.max(0, 1 - db / FLOOR_DB));

/** Where a meter stands a frame later. Pure. */
export function nextFill(now: number, target: number): number {
  const way = target - now;
  return Math.abs(way) < STILL ? target : now + way * (way > 0 ? RISE : FALL);
}

interface Meter {
  readonly element: HTMLElement;
  fill: number;
}

export interface Meters {
  update(levels: readonly CallLevels[]): void;
  /** Draws a party's level by scaling this element, until the function that comes back is called. */
  attach(callId: string, party: string, element: HTMLElement): () => void;
}

/** @param schedule asks for the next animation frame. */
export function createMeters(schedule: (frame: () => void) => void): Meters {
  const targets = new Map<string, number>();
  const meters = new Map<string, Set<Meter>>();
  let isRunning = false;

  function run(): void {
    if (isRunning) return;
    isRunning = true;
    schedule(draw);
  }

  function draw(): void {
    let isMoving = false;
    for (const [key, set] of meters) {
      const target = targets.get(key) ?? 0;
      for (const meter of set) {
        if (meter.fill === target) continue;
        isMoving = true;
        meter.fill = nextFill(meter.fill, target);
        meter.element.style.transform = `scaleX(${meter.fill.toFixed(3)})`;
      }
    }
    isRunning = isMoving;
    if (isMoving) schedule(draw);
  }

  return {
    update(levels) {
      for (const { callId, parties } of levels)
        for (const { party, rmsDb } of parties) targets.set(`${callId}/${party}`, fillOf(rmsDb));
      run();
    },
    attach(callId, party, element) {
      const key = `${callId}/${party}`;
      const meter = { element, fill: 0 };
      const set = meters.get(key) ?? new Set<Meter>();
      meters.set(key, set.add(meter));
      run();
      return () => {
        set.delete(meter);
        if (set.size > 0) return;
        meters.delete(key);
        targets.delete(key);
      };
    },
  };
}
