/**
 * One life of a plugin: made, started once, asked, ended once. Every wait is bounded, and what it throws where the
 * contract allows no throwing is counted against it. What it may do with the daemon ends with it.
 */
import { setMaxListeners } from 'node:events';
import { FaultError, isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import { within } from './deadline.ts';
import type { Lease, ThrowListener } from './lease.ts';

export const START_TIMEOUT_MS = 15_000;
export const STOP_TIMEOUT_MS = 5000;
export const HEALTH_TIMEOUT_MS = 10_000;

/** What every instance of a plugin has, whatever it is for. */
export interface Startable {
  start(signal: AbortSignal): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
  health?(signal: AbortSignal): Promise<void>;
}

export interface PluginInstanceDeps {
  readonly subject: Startable;
  readonly lease: Lease;
  readonly onThrow: ThrowListener;
  readonly clock: Clock;
  readonly log: Logger;
}

export class PluginInstance {
  readonly #deps: PluginInstanceDeps;
  readonly #life = new AbortController();
  #isBegun = false;

  constructor(deps: PluginInstanceDeps) {
    this.#deps = deps;
    // As many as there are calls wait for its end.
    setMaxListeners(0, this.#life.signal);
  }

  /** Whether it was asked to start. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Aborts when it ends. */
  protected get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** @throws {FaultError} PLUGIN_START_FAILED or PLUGIN_START_TIMEOUT, or the plugin's own. The instance is then of no more use. */
  async start(): Promise<void> {
    const { lease, subject } = this.#deps;
    this.#isBegun = true;
    lease.open();
    const late = new FaultError(
      'PLUGIN_START_TIMEOUT',
      `it did not start within ${START_TIMEOUT_MS / 1000} s`,
    );
    try {
      await this.within(START_TIMEOUT_MS, late, (signal) => subject.start(signal));
    } catch (error) {
      this.#life.abort();
      lease.end();
      throw isFault(error)
        ? error
        : new FaultError('PLUGIN_START_FAILED', messageOf(error), { cause: error });
    }
  }

  /**
   * Ends it: what it is doing is aborted, and afterwards nothing it tells is taken. Never rejects, and never waits longer
   * than its deadline. To be called once, and not when the start has failed. Without a start there is no stop.
   */
  async end(): Promise<void> {
    const { lease, subject, log, clock } = this.#deps;
    this.#life.abort();
    const late = new FaultError('PLUGIN_STOP_TIMEOUT', `it did not stop within ${STOP_TIMEOUT_MS / 1000} s`);
    const wait = { clock, ms: STOP_TIMEOUT_MS, late, life: NEVER, ended: late };
    try {
      if (this.#isBegun) await within(wait, (signal) => subject.stop(signal));
    } catch (error) {
      const code = isFault(error) ? { code: error.code } : {};
      log.warn('a plugin did not stop cleanly', { ...code, reason: messageOf(error) });
    }
    lease.end();
  }

  /** @throws what the plugin threw, PROVIDER_TIMEOUT when it does not answer. */
  async health(): Promise<void> {
    const late = new FaultError('PROVIDER_TIMEOUT', `no answer within ${HEALTH_TIMEOUT_MS / 1000} s`);
    await this.within(HEALTH_TIMEOUT_MS, late, async (signal) => this.#deps.subject.health?.(signal));
  }

  /** Runs a task of the plugin's that takes too long after `ms` (then `late`), or is cut by its end (then `cut`). */
  protected within<Value>(
    ms: number,
    late: FaultError,
    task: (signal: AbortSignal) => Promise<Value>,
    cut = ended(),
  ): Promise<Value> {
    return within({ clock: this.#deps.clock, ms, late, life: this.#life.signal, ended: cut }, task);
  }
}

/** A stop is aborted by its deadline alone. */
const NEVER = new AbortController().signal;

export const ended = (): FaultError => new FaultError('PROVIDER_NOT_RUNNING', 'the plugin was stopped');
