/** Numbers that parts of the daemon count and `/metrics` reads. Counting costs one lookup; nothing is formatted before a scrape. */

/** Most combinations of labels that are counted separately. Further ones are counted as {@link OTHER}. */
export const MAX_COUNTED = 500;
export const OTHER = 'other';

interface Entry {
  readonly labels: readonly string[];
  count: number;
}

/** Counts by the values of labels. The values must come from a limited set, or from the configuration. */
export class CountsBy<Labels extends readonly string[]> {
  readonly #entries = new Map<string, Entry>();

  add(count: number, ...labels: Labels): void {
    const own = labels.length === 1 ? labels[0]! : labels.join('\n');
    const isListed = this.#entries.has(own) || this.#entries.size < MAX_COUNTED;
    const key = isListed ? own : OTHER;
    const entry = this.#entries.get(key);
    if (entry) entry.count += count;
    else this.#entries.set(key, { labels: isListed ? labels : labels.map(() => OTHER), count });
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Returns what was counted so far. */
  entries(): readonly (readonly [labels: Labels, count: number])[] {
    return [...this.#entries.values()].map(({ labels, count }) => [labels as Labels, count]);
  }

  get total(): number {
    return [...this.#entries.values()].reduce((sum, { count }) => sum + count, 0);
  }
}

/** Durations by their size, as in a Prometheus histogram. */
export class DurationCounts {
  /** Upper bounds in seconds, increasing. */
  readonly bounds: readonly number[];
  /** The number of durations up to each bound that exceed the one before. The last one has no bound. */
  readonly counts: number[];
  #seconds = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  add(durationMs: number): void {
    const seconds = durationMs / 1000;
    this.#seconds += seconds;
    const bucket = this.bounds.findIndex((bound) => seconds <= bound);
    this.counts[bucket < 0 ? this.bounds.length : bucket]!++;
  }

  /** The sum of all durations, in seconds. */
  get seconds(): number {
    return this.#seconds;
  }
}
