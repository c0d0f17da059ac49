/** How long to wait before NATS is tried again: longer with every attempt, and different for each node. */

export const FIRST_DELAY_MS = 100;
export const MAX_DELAY_MS = 5000;

export class BackOff {
  readonly #random: () => number;
  #attempts = 0;
  #delayMs = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
    this.reset();
  }

  /** The same until the next attempt: the client asks several times. */
  get delayMs(): number {
    return this.#delayMs;
  }

  attempted(): void {
    this.#attempts += 1;
    this.#update();
  }

  reset(): void {
    this.#attempts = 0;
    this.#update();
  }

  #update(): void {
    const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(this.#attempts, 16));
    this.#delayMs = Math.round(longest * (0.5 + this.#random() / 2));
  }
}
