/** What goes wrong with a provider while it runs, for whoever looks: how often lately, and why the last time. */
import { FAULTS, type FaultCode } from '@sidetone/core';

const SENTENCES = {
  PLUGIN_EVENT_INVALID: (count: number, why: string) =>
    `events that were none: ${count}, the last because ${why}`,
  PLUGIN_EVENT_FLOOD: (count: number, why: string) => `events that were dropped: ${count}, because ${why}`,
  PLUGIN_EXCEPTION: (count: number, why: string) => `exceptions of the plugin: ${count}, the last in ${why}`,
} as const satisfies Partial<Record<FaultCode, unknown>>;

export type MishapCode = keyof typeof SENTENCES;

interface Mishap {
  readonly count: number;
  readonly why: string;
  /** Whether there was one since the last look. */
  readonly isNew: boolean;
}

export class Mishaps {
  readonly #recent = new Map<MishapCode, Mishap>();

  /** Takes note of one. Whether it is the first of its kind for a while: that one is worth a line in the log. */
  note(code: MishapCode, why: string): boolean {
    const known = this.#recent.get(code);
    this.#recent.set(code, { count: (known?.count ?? 0) + 1, why, isNew: true });
    return known === undefined;
  }

  /** To be called from time to time: a kind that did not come again since the last time is over. */
  look(): void {
    for (const [code, mishap] of this.#recent) {
      if (mishap.isNew) this.#recent.set(code, { ...mishap, isNew: false });
      else this.#recent.delete(code);
    }
  }

  /** One sentence for each kind. */
  get messages(): readonly string[] {
    return [...this.#recent].map(
      ([code, { count, why }]) => `${SENTENCES[code](count, why)}. ${FAULTS[code].remedy}`,
    );
  }
}
