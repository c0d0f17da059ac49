/** Indexes the numbers of the calls that another release or another configuration stored, in steps between other work. */
import { isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { CallLedger } from '../ports.ts';

/** The pause between two steps, ms. */
export const STEP_PAUSE_MS = 10;
/** The pause after a step that the store rejected, ms. */
export const RETRY_PAUSE_MS = 1000;

export interface NumberFillingDeps {
  readonly ledger: Pick<CallLedger, 'indexNumbers'>;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

export class NumberFilling {
  readonly #deps: NumberFillingDeps;
  #cancel = (): void => undefined;
  #steps = 0;

  constructor(deps: NumberFillingDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#schedule(0);
  }

  stop(): void {
    this.#cancel();
  }

  #schedule(delayMs: number): void {
    this.#cancel = this.#deps.clock.schedule(delayMs, () => this.#step());
  }

  #step(): void {
    const { ledger, log } = this.#deps;
    try {
      this.#steps++;
      if (ledger.indexNumbers()) return this.#schedule(STEP_PAUSE_MS);
      if (this.#steps > 1) log.info('numbers of stored calls indexed', { steps: this.#steps });
    } catch (error) {
      // The store has logged its failure.
      if (isFault(error) && error.kind === 'store') return this.#schedule(RETRY_PAUSE_MS);
      log.error('indexing the numbers of stored calls failed', { reason: messageOf(error), error });
    }
  }
}
