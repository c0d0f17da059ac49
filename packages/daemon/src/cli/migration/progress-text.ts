/** The progress of a migration as one line: what is done, how fast, and how much time is left. */

const SECOND_MS = 1000;
const MINUTE_S = 60;

export class MigrationProgressText {
  readonly #elapsed: () => number;
  readonly #startedAt: number;
  #total = 0;
  #stored = 0;
  /** Of this run. */
  #added = 0;
  #compared = 0;
  #copyStartedAt = 0;
  #compareStartedAt: number | undefined;
  text = '';

  /** @param elapsed a monotonic time, ms */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
    this.#startedAt = elapsed();
  }

  get elapsedMs(): number {
    return this.#elapsed() - this.#startedAt;
  }

  /** Copying begins. */
  start(total: number, stored: number): void {
    this.#total = total;
    this.#stored = stored;
    this.#copyStartedAt = this.#elapsed();
  }

  /** Rows of a table were stored. */
  add(table: string, rows: number): void {
    this.#added += rows;
    const rate = rateOf(this.#added, this.#elapsed() - this.#copyStartedAt);
    const done = this.#stored + this.#added;
    const left = durationOf((SECOND_MS * (this.#total - done)) / rate);
    this.text = `${table}: ${done} of ${this.#total} rows, ${Math.round(rate)} rows/s, ${left} left`;
  }

  step(step: string): void {
    this.text = step;
  }

  /** Rows of a table were read, in either database. */
  compare(table: string, rows: number): void {
    this.#compareStartedAt ??= this.#elapsed();
    this.#compared += rows;
    const rate = rateOf(this.#compared, this.#elapsed() - this.#compareStartedAt);
    this.text = `comparing ${table}: ${this.#compared} rows of both databases, ${Math.round(rate)} rows/s`;
  }
}

const rateOf = (rows: number, ms: number): number => (SECOND_MS * rows) / Math.max(ms, 1);

/** Returns a duration such as `40 s` or `3 min 5 s`. */
export function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS);
  const minutes = Math.floor(seconds / MINUTE_S);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % MINUTE_S} s`;
}
