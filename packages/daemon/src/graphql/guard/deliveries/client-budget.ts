/** The budget of one client: a number of fields per second, of which unused ones are saved up to a limit. */

/** Fields that are delivered in one turn of the event loop, and that one client may have in progress. About 5 ms of work. */
export const TURN_COST = 3000;
/** How long unused fields are saved, ms. */
export const BURST_MS = 2000;

export class ClientBudget {
  readonly #perMs: number;
  #balance: number;
  #updatedAt: number;
  #inProgress = 0;
  #debtMs = 0;

  /** @param now a monotonic time, ms. */
  constructor(costPerSecond: number, now: number) {
    this.#perMs = costPerSecond / 1000;
    this.#balance = this.#perMs * BURST_MS;
    this.#updatedAt = now;
  }

  /** The total time for which the client was in debt, ms. */
  get debtMs(): number {
    return this.#debtMs;
  }

  /** Accounts for the time since the last call. */
  update(now: number): void {
    const elapsed = now - this.#updatedAt;
    this.#updatedAt = now;
    this.#debtMs += Math.min(elapsed, this.repaidInMs);
    this.#balance = Math.min(this.#balance + elapsed * this.#perMs, this.#perMs * BURST_MS);
  }

  /** Whether the client has used its budget up. */
  get isInDebt(): boolean {
    return this.#balance < 0;
  }

  /** Whether a delivery does not exceed what the client may have in progress. One delivery may always be in progress. */
  hasRoomFor(cost: number): boolean {
    return this.#inProgress === 0 || this.#inProgress + cost <= TURN_COST;
  }

  start(expected: number): void {
    this.#inProgress += expected;
    this.#balance -= expected;
  }

  finish(expected: number, actual: number): void {
    this.#inProgress -= expected;
    this.#balance += expected - actual;
  }

  /** The time until the debt is repaid, ms; 0 without debt. */
  get repaidInMs(): number {
    return Math.max(0, -this.#balance / this.#perMs);
  }

  /** The time until nothing more can be saved, ms. */
  get fullInMs(): number {
    return Math.max(0, BURST_MS - this.#balance / this.#perMs);
  }
}
