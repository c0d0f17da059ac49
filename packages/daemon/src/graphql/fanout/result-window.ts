/**
 * The results of one operation that some of its clients have not received yet. It is bounded in number, time and, together
 * with all others, in bytes: an event whose result is not kept any longer is executed again for a client that is behind.
 */
import type { Clock } from '@sidetone/core';
import type { EventResult } from './event-result.ts';
import type { SharedContext } from './shared-context.ts';

/** The maximum number of results that are kept for one operation. */
export const MAX_RESULTS = 256;
/** The maximum size of all results that are kept, bytes. */
export const MAX_RESULT_BYTES = 16 * 1024 * 1024;
/** How long a result is kept, ms. So much older may the state in it be than if it was executed for the client alone. */
export const MAX_RESULT_AGE_MS = 1000;

export interface Execution {
  /** The version of the state when it was executed. */
  readonly version: number;
  /** The time when it was executed, ms. */
  readonly at: number;
  /** The client for whom it was executed. */
  readonly client: string;
  /** The subscription for which it was executed. */
  readonly owner: unknown;
  readonly context: SharedContext;
  /** The number of clients that have not received it yet. */
  clients: number;
  /** A promise until it is complete. */
  result: EventResult | Promise<EventResult>;
}

/** What the windows of all operations have in common. */
export class ResultMemory {
  /** The size of all results that are kept, bytes. */
  bytes = 0;
  readonly clock: Pick<Clock, 'elapsed'>;

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.clock = clock;
  }
}

interface Entry {
  readonly execution: Execution;
  /** 0 until it is complete. */
  bytes: number;
}

export class ResultWindow {
  readonly #memory: ResultMemory;
  /** The oldest is first. */
  readonly #entries = new Map<unknown, Entry>();

  constructor(memory: ResultMemory) {
    this.#memory = memory;
  }

  /** Takes the result of an event for one client. Returns undefined if there is none that is as new as `version`. */
  take(key: unknown, version: number): Execution | undefined {
    const execution = this.#entries.get(key)?.execution;
    if (!execution || execution.version < version || this.#isOld(execution)) return undefined;
    if (--execution.clients === 0) this.#delete(key);
    return execution;
  }

  /** Keeps the result of an event, instead of an older one. */
  add(key: unknown, execution: Execution): void {
    this.#delete(key);
    const entry: Entry = { execution, bytes: 0 };
    this.#entries.set(key, entry);
    const count = ({ bytes }: EventResult): void => {
      if (this.#entries.get(key) !== entry) return;
      entry.bytes = bytes.length;
      this.#memory.bytes += entry.bytes;
      this.#evict();
    };
    const { result } = execution;
    // A result that fails is not kept; the clients that wait for it receive the error.
    if (result instanceof Promise) result.then(count, () => this.#delete(key));
    else count(result);
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.#delete(key);
  }

  #isOld({ at }: Execution): boolean {
    return this.#memory.clock.elapsed() - at > MAX_RESULT_AGE_MS;
  }

  #evict(): void {
    for (const [key, { execution }] of this.#entries) {
      const isWithin = this.#entries.size <= MAX_RESULTS && this.#memory.bytes <= MAX_RESULT_BYTES;
      if (isWithin && !this.#isOld(execution)) return;
      this.#delete(key);
    }
  }

  #delete(key: unknown): void {
    this.#memory.bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
