/**
 * Limits how often a line that a stranger can cause is logged: the first one of its kind at once, then one line with the
 * number of the others at the end of each period in which there were any.
 */
import type { Clock, LogFields, Logger } from '@sidetone/core';

/** Length of a period, ms. */
export const SAMPLE_PERIOD_MS = 60_000;
/** Most kinds that are counted separately. Further ones are counted together. */
export const MAX_SAMPLED_KINDS = 100;

const OTHER_KINDS = 'other';

/** Lines of all samplers of the process that were counted and not logged, and those whose kind was not counted separately. */
export const sampledLines = { suppressed: 0, otherKinds: 0 };

interface Kind {
  readonly message: string;
  /** Fields of the last suppressed occurrence. */
  fields: LogFields;
  suppressed: number;
}

export interface LogSamplerDeps {
  readonly log: Pick<Logger, 'warn'>;
  readonly clock: Pick<Clock, 'schedule'>;
}

export class LogSampler {
  readonly #deps: LogSamplerDeps;
  readonly #kinds = new Map<string, Kind>();
  #cancelPeriod: (() => void) | undefined;
  #suppressed = 0;

  constructor(deps: LogSamplerDeps) {
    this.#deps = deps;
  }

  /** Number of occurrences since the start that were counted and not logged separately. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** Logs or counts an occurrence. `kind` must not contain anything that the sender chooses freely. */
  warn(kind: string, message: string, fields: LogFields): void {
    const key = this.#kinds.has(kind) || this.#kinds.size < MAX_SAMPLED_KINDS ? kind : OTHER_KINDS;
    if (key !== kind) sampledLines.otherKinds++;
    const known = this.#kinds.get(key);
    if (known) {
      known.suppressed++;
      known.fields = fields;
      this.#suppressed++;
      sampledLines.suppressed++;
      return;
    }
    this.#kinds.set(key, { message, fields, suppressed: 0 });
    this.#cancelPeriod ??= this.#deps.clock.schedule(SAMPLE_PERIOD_MS, () => this.#endPeriod());
    this.#deps.log.warn(message, fields);
  }

  /** Logs the numbers of the current period. */
  close(): void {
    this.#cancelPeriod?.();
    this.#cancelPeriod = undefined;
    this.#report();
    this.#kinds.clear();
  }

  #endPeriod(): void {
    this.#report();
    this.#cancelPeriod =
      this.#kinds.size === 0
        ? undefined
        : this.#deps.clock.schedule(SAMPLE_PERIOD_MS, () => this.#endPeriod());
  }

  /** Kinds that did not occur again are forgotten: their next occurrence is logged at once. */
  #report(): void {
    for (const [key, kind] of this.#kinds) {
      if (kind.suppressed === 0) {
        this.#kinds.delete(key);
        continue;
      }
      this.#deps.log.warn(kind.message, { ...kind.fields, suppressed: kind.suppressed });
      kind.suppressed = 0;
    }
  }
}
