/** Limits how many exports run at once. */
import { FaultError } from '@sidetone/core';

export class ExportSlots {
  readonly #maximum: number;
  #taken = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** The number of exports that run. */
  get taken(): number {
    return this.#taken;
  }

  /** @throws {FaultError} LIMIT_EXCEEDED if no export may start now. */
  check(): void {
    if (this.#taken < this.#maximum) return;
    throw new FaultError('LIMIT_EXCEEDED', `limit reached: limits.exports (${this.#maximum})`, {
      details: { limit: 'limits.exports', maximum: this.#maximum },
    });
  }

  /** Runs an export. @throws {FaultError} LIMIT_EXCEEDED, and what the export throws. */
  async run(job: () => Promise<void>): Promise<void> {
    this.check();
    this.#taken++;
    try {
      await job();
    } finally {
      this.#taken--;
    }
  }
}
