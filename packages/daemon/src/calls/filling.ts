/** Fills indexes and totals for the calls that another release or another configuration stored, in steps between other work. */
import { isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { CallLedger } from './ports.ts';

/** The pause between two steps, ms. */
export const STEP_PAUSE_MS = 10;
/** The pause after a step that the store rejected, ms. */
export const RETRY_PAUSE_MS = 1000;

type Step = 'indexNumbers' | 'indexWords' | 'addTotals';

/** What to fill, in this order: the event that is logged when it is complete. */
const COMPLETED = {
  addTotals: 'stored calls added to the totals',
  indexNumbers: 'numbers of stored calls indexed',
  indexWords: 'transcripts of stored calls indexed',
} as const satisfies Record<Step, string>;

export interface FillingDeps {
  readonly ledger: Pick<CallLedger, Step>;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

export class Filling {
  readonly #deps: FillingDeps;
  readonly #left = Object.keys(COMPLETED) as Step[];
  #cancel = (): void => undefined;
  #steps = 0;
  #isStopped = false;

  constructor(deps: FillingDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#schedule(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #schedule(delayMs: number): void {
    if (!this.#isStopped) this.#cancel = this.#deps.clock.schedule(delayMs, () => void this.#step());
  }

  /** Never rejects. */
  async #step(): Promise<void> {
    const [name] = this.#left;
    if (name === undefined) return;
    const { ledger, log } = this.#deps;
    try {
      this.#steps++;
      if (await ledger[name]()) return this.#schedule(STEP_PAUSE_MS);
      if (this.#steps > 1) log.info(COMPLETED[name], { steps: this.#steps });
    } catch (error) {
      // The store has logged its failure.
      if (isFault(error) && error.kind === 'store') return this.#schedule(RETRY_PAUSE_MS);
      log.error('filling indexes of stored calls failed', { step: name, reason: messageOf(error), error });
    }
    this.#left.shift();
    this.#steps = 0;
    this.#schedule(0);
  }
}
