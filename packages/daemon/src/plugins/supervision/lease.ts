/**
 * The resources that a plugin instance holds in the daemon: the permission to emit events, timers, sockets, streams and
 * listeners. All are released when the lease ends, whether or not the plugin has released them.
 */
import { FaultError } from '@sidetone/core';
import { beginWork } from '../../loop/current-work.ts';

/** Called when a plugin throws where the contract does not allow it and no caller can handle the error. */
export type ExceptionListener = (where: string, error: unknown) => void;

export class Lease {
  readonly #onException: ExceptionListener;
  readonly #owner: string | undefined;
  readonly #releases = new Set<() => void>();
  #phase: 'CREATED' | 'OPEN' | 'ENDED' = 'CREATED';

  /** @param owner the id of the provider or transcriber, for the label of its work. */
  constructor(onException: ExceptionListener, owner?: string) {
    this.#onException = onException;
    this.#owner = owner;
  }

  /** Permits events. Has no effect after the end. */
  open(): void {
    if (this.#phase === 'CREATED') this.#phase = 'OPEN';
  }

  get isOpen(): boolean {
    return this.#phase === 'OPEN';
  }

  get isEnded(): boolean {
    return this.#phase === 'ENDED';
  }

  /** Number of resources held. */
  get size(): number {
    return this.#releases.size;
  }

  /** @throws {FaultError} PROVIDER_NOT_RUNNING if the lease has ended. */
  assertNotEnded(): void {
    if (this.isEnded) throw new FaultError('PROVIDER_NOT_RUNNING', 'the plugin instance has ended');
  }

  /**
   * Holds a resource: `release` is called at the end of the lease, or at once if it has ended. Returns a function that stops
   * holding the resource without releasing it.
   */
  hold(release: () => void): () => void {
    if (this.isEnded) release();
    else this.#releases.add(release);
    return () => void this.#releases.delete(release);
  }

  /** Ends the lease and releases every resource. Safe to call twice. */
  end(): void {
    this.#phase = 'ENDED';
    const releases = [...this.#releases];
    this.#releases.clear();
    for (const release of releases) this.run('release of a resource', release);
  }

  /** Begins a unit of work of the plugin: what follows, until it waits, is its code. */
  begin(what: string): void {
    if (this.#owner !== undefined) beginWork(`${what} of ${this.#owner}`, this.#owner);
  }

  /** Runs code of the plugin. Never throws: an exception or rejection is reported as an exception of the plugin. */
  run(where: string, task: () => unknown): void {
    runGuarded(task, (error) => this.#onException(where, error));
  }
}

/** Runs code of a plugin. Never throws: an exception or rejection is passed to `onFailed`. */
export function runGuarded(task: () => unknown, onFailed: (error: unknown) => void): void {
  try {
    const result = task();
    if (result instanceof Promise) result.catch(onFailed);
  } catch (error) {
    onFailed(error);
  }
}

/** Creates something with a new lease, which ends if `create` throws. @param owner as of a lease. */
export function createWithLease<Value>(
  onException: ExceptionListener,
  create: (lease: Lease) => Value,
  owner?: string,
): Value {
  const lease = new Lease(onException, owner);
  try {
    return create(lease);
  } catch (error) {
    lease.end();
    throw error;
  }
}
