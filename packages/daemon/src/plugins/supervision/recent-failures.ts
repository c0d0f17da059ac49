/** Recent failures of a running plugin, for its state message: how many of each kind, and the reason of the last one. */
import { FAULTS, type FaultCode } from '@sidetone/core';

const MESSAGES = {
  PLUGIN_EVENT_INVALID: (count: number, reason: string) =>
    `invalid events dropped: ${count}, last reason: ${reason}`,
  PLUGIN_EVENT_FLOOD: (count: number, reason: string) => `events dropped: ${count}, reason: ${reason}`,
  PLUGIN_EXCEPTION: (count: number, reason: string) =>
    `exceptions in the plugin: ${count}, the last one in ${reason}`,
} as const satisfies Partial<Record<FaultCode, unknown>>;

export type PluginFailureCode = keyof typeof MESSAGES;

interface Failures {
  readonly count: number;
  readonly lastReason: string;
  /** Whether there was one since the last call of `expire`. */
  readonly isNew: boolean;
}

export class RecentFailures {
  readonly #failures = new Map<PluginFailureCode, Failures>();

  /** Counts a failure. Returns true for the first one of its kind, which should be logged. */
  add(code: PluginFailureCode, reason: string): boolean {
    const known = this.#failures.get(code);
    this.#failures.set(code, { count: (known?.count ?? 0) + 1, lastReason: reason, isNew: true });
    return known === undefined;
  }

  /** Removes the kinds that did not occur since the last call. */
  expire(): void {
    for (const [code, failures] of this.#failures) {
      if (failures.isNew) this.#failures.set(code, { ...failures, isNew: false });
      else this.#failures.delete(code);
    }
  }

  /** One message for each kind, with its remedy. */
  get messages(): readonly string[] {
    return [...this.#failures].map(
      ([code, { count, lastReason }]) => `${MESSAGES[code](count, lastReason)}. ${FAULTS[code].remedy}`,
    );
  }
}
