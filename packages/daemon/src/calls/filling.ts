/** Fills indexes and totals for the calls that another release or another configuration stored, in steps between other work. */
import { isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import { ELSEWHERE, EVERY_DUTY, type Duties } from '../duties/duties.ts';
import type { CallLedger } from './ports.ts';

/** The pause between two steps, ms. */
export const STEP_PAUSE_MS = 10;
/** The pause after a step that the store rejected, ms. */
export const RETRY_PAUSE_MS = 1000;
/** How often is looked whether another node still fills, ms. */
export const ELSEWHERE_PAUSE_MS = 60_000;

type Step = 'indexNumbers' | 'indexWords' | 'addTotals';

/** What to fill, in this order: the event that is logged when it is complete. */
const COMPLETED = {
  addTotals: 'stored calls added to the totals',
  indexNumbers: 'numbers of stored calls indexed',
  indexWords: 'transcripts of stored calls indexed',
} as const satisfies Record<Step, string>;

export interface FillingDeps {
  readonly ledger: Pick<CallLedger, Step>;
  /** Default: all. */
  readonly duties?: Duties;
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
  async #finish(duties: Duties): Promise<void> {
    try {
      await duties.giveUp('filling');
    } catch {
      // The lease ends by itself.
    }
  }

  /** Never rejects. */
  async #step(): Promise<void> {
    const [name] = this.#left;
    const { ledger, log, duties = EVERY_DUTY } = this.#deps;
    // The others look whether something is left for them.
    if (name === undefined) return this.#finish(duties);
    try {
      const isMore = await duties.run('filling', () => ledger[name]());
      if (isMore === ELSEWHERE) return this.#schedule(ELSEWHERE_PAUSE_MS);
      this.#steps++;
      if (isMore) return this.#schedule(STEP_PAUSE_MS);
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
