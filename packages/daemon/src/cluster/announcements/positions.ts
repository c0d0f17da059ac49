/**
 * Announces committed positions of the event log to the other nodes: the highest one of each turn. An announcement can be lost;
 * the log decides what exists, and nodes also read it without one.
 */
import type { Wire } from '../connection/ports.ts';
import type { Subjects } from '../subjects.ts';

export interface PositionsDeps {
  readonly wire: Pick<Wire, 'offer' | 'subscribe'>;
  readonly subjects: Pick<Subjects, 'positions'>;
  /** Runs a task after the work of the current turn. */
  readonly afterTurn?: (task: () => void) => void;
}

export class Positions {
  readonly #deps: PositionsDeps;
  readonly #listeners = new Set<(position: number) => void>();
  readonly #unsubscribe: () => void;
  #pending: number | undefined;
  #highest = 0;

  constructor(deps: PositionsDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.wire.subscribe(deps.subjects.positions, (message) =>
      this.#receive(Number(message.text())),
    );
  }

  /** The highest position that any node has announced; 0 if none has. */
  get highest(): number {
    return this.#highest;
  }

  announce(position: number): void {
    if (this.#pending === undefined) (this.#deps.afterTurn ?? setImmediate)(() => this.#send());
    this.#pending = Math.max(position, this.#pending ?? 0);
  }

  /** Calls the listener with each position that is higher than all before. Returns a function that unsubscribes. */
  onHigher(listener: (position: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
  }

  #send(): void {
    const position = this.#pending;
    this.#pending = undefined;
    if (position !== undefined) this.#deps.wire.offer(this.#deps.subjects.positions, String(position));
  }

  #receive(position: number): void {
    if (!Number.isSafeInteger(position) || position <= this.#highest) return;
    this.#highest = position;
    for (const listener of this.#listeners) listener(position);
  }
}
