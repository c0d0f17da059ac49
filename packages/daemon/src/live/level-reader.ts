/**
 * Reads levels for one subscription: at every tick, the calls whose levels changed. A tick that is not pulled in time is
 * skipped.
 */
import type { LevelsItem } from './ports.ts';
import { NO_LEVELS, type LevelReading, type LevelTicks } from './level-ticks.ts';

export class LevelReader {
  readonly #ticks: LevelTicks;
  #reported: LevelReading = NO_LEVELS;
  #isDue = false;

  constructor(ticks: LevelTicks) {
    this.#ticks = ticks;
  }

  /** Calls `wake` at a steady interval. Returns a function that stops it. */
  everyTick(wake: () => void): () => void {
    return this.#ticks.subscribe(() => {
      this.#isDue = true;
      wake();
    });
  }

  pull(): LevelsItem | undefined {
    if (!this.#isDue) return undefined;
    this.#isDue = false;
    const changes = this.#ticks.changesSince(this.#reported);
    this.#reported = this.#ticks.read();
    return changes;
  }
}
