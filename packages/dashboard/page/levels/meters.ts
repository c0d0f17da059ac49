/**
 * Level meters, drawn outside React: the latest level of each party is stored here, and one loop of animation frames
 * moves the meters on the page. The loop stops when all meters have reached their level.
 */
import type { CallLevels } from './documents.ts';

/** The lowest level that a meter shows, dBFS. */
const FLOOR_DB = -60;
/** The fraction of the distance to the target by which a meter moves per frame: fast up, slow down. */
const RISE = 0.6;
const FALL = 0.15;
/** The distance at which a meter snaps to the target. */
const SNAP = 0.004;

/** The fill of a meter at a level in dBFS, 0 to 1. */
export const fillOf = (db: number): number => Math.min(1, Math.max(0, 1 - db / FLOOR_DB));

/** The fill of a meter one frame later. Pure. */
export function nextFill(fill: number, target: number): number {
  const distance = target - fill;
  return Math.abs(distance) < SNAP ? target : fill + distance * (distance > 0 ? RISE : FALL);
}

interface Meter {
  readonly element: HTMLElement;
  fill: number;
}

export interface Meters {
  update(levels: readonly CallLevels[]): void;
  /** Draws the level of a party by scaling an element. Returns a function that stops this. */
  attach(callId: string, party: string, element: HTMLElement): () => void;
  /** The number of levels that are stored. */
  size(): number;
}

/** @param schedule requests an animation frame. */
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

  /** The audio of the call is no longer received. */
  function forget(callId: string): void {
    for (const key of targets.keys()) if (key.startsWith(`${callId}/`)) targets.delete(key);
  }

  return {
    update(levels) {
      for (const { callId, parties } of levels) {
        if (parties.length === 0) forget(callId);
        for (const { party, rmsDb } of parties) {
          const key = `${callId}/${party}`;
          // The last levels of a row arrive after it has left the page.
          if (meters.has(key)) targets.set(key, fillOf(rmsDb));
        }
      }
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
    size: () => targets.size,
  };
}
