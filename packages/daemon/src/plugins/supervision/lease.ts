/**
 * What an instance of a plugin has of the daemon while it lives: leave to tell things, and timers, sockets, streams and
 * listeners. All of it ends with the lease, whether the plugin has let go of it or not.
 */
import { FaultError } from '@sidetone/core';

/** Called when a plugin throws where nobody can answer it. */
export type ThrowListener = (where: string, error: unknown) => void;

export class Lease {
  readonly #onThrow: ThrowListener;
  readonly #held = new Set<() => void>();
  #phase: 'MADE' | 'OPEN' | 'OVER' = 'MADE';

  constructor(onThrow: ThrowListener) {
    this.#onThrow = onThrow;
  }

  /** From the start on the plugin may tell things. */
  open(): void {
    if (this.#phase === 'MADE') this.#phase = 'OPEN';
  }

  get isOpen(): boolean {
    return this.#phase === 'OPEN';
  }

  get isOver(): boolean {
    return this.#phase === 'OVER';
  }

  /** How many things are held. */
  get size(): number {
    return this.#held.size;
  }

  /** @throws {FaultError} PROVIDER_NOT_RUNNING when the lease is over. */
  check(): void {
    if (this.isOver) throw new FaultError('PROVIDER_NOT_RUNNING', 'this instance of the plugin has ended');
  }

  /** Takes back by `release` at the end, at once when it is over already. The function that comes back forgets it. */
  hold(release: () => void): () => void {
    if (this.isOver) release();
    else this.#held.add(release);
    return () => void this.#held.delete(release);
  }

  /** Shuts, and takes back everything. Safe to call twice. */
  end(): void {
    this.#phase = 'OVER';
    const held = [...this.#held];
    this.#held.clear();
    for (const release of held) this.run('what it holds being taken back', release);
  }

  /** Runs what is a plugin's: throwing and rejecting harm nobody, and are counted against it. `undo` runs then. */
  run(where: string, task: () => unknown, undo?: () => void): void {
    const fail = (error: unknown): void => {
      this.#onThrow(where, error);
      undo?.();
    };
    try {
      const outcome = task();
      if (outcome instanceof Promise) outcome.catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}
