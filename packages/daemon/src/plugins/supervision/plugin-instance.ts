/**
 * Wraps one plugin instance: starts it once and ends it once, enforces deadlines, reports exceptions and releases everything
 * that the plugin holds.
 */
import { setMaxListeners } from 'node:events';
import { FaultError, isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import { withDeadline } from './deadline.ts';
import type { ExceptionListener, Lease } from './lease.ts';

const START_TIMEOUT_MS = 15_000;
export const STOP_TIMEOUT_MS = 5000;
export const HEALTH_TIMEOUT_MS = 10_000;

/** What instances of every kind of plugin have in common. */
interface Startable {
  start(signal: AbortSignal): Promise<void>;
  stop(signal: AbortSignal): Promise<void>;
  health?(signal: AbortSignal): Promise<void>;
}

export interface PluginInstanceDeps {
  readonly subject: Startable;
  readonly lease: Lease;
  readonly onException: ExceptionListener;
  readonly clock: Clock;
  readonly log: Logger;
}

export class PluginInstance {
  readonly #deps: PluginInstanceDeps;
  readonly #controller = new AbortController();
  #wasStarted = false;

  constructor(deps: PluginInstanceDeps) {
    this.#deps = deps;
    // Every open call may add a listener.
    setMaxListeners(0, this.#controller.signal);
  }

  /** Whether `start` was called. */
  get wasStarted(): boolean {
    return this.#wasStarted;
  }

  /** Whether the plugin has a health check. */
  get hasHealthCheck(): boolean {
    return typeof this.#deps.subject.health === 'function';
  }

  /** Aborts when the instance ends. */
  protected get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * After a rejection the instance has ended.
   * @throws {FaultError} PLUGIN_START_FAILED or PLUGIN_START_TIMEOUT, or the plugin's own fault.
   */
  async start(): Promise<void> {
    const { lease, subject } = this.#deps;
    this.#wasStarted = true;
    lease.begin('start');
    lease.open();
    const timeoutError = new FaultError(
      'PLUGIN_START_TIMEOUT',
      `start timed out after ${START_TIMEOUT_MS / 1000} s`,
    );
    try {
      await this.withDeadline(
        START_TIMEOUT_MS,
        () => timeoutError,
        (signal) => subject.start(signal),
      );
    } catch (error) {
      this.#controller.abort();
      lease.end();
      throw isFault(error)
        ? error
        : new FaultError('PLUGIN_START_FAILED', messageOf(error), { cause: error });
    }
  }

  /**
   * Aborts what is in progress, stops the plugin if it was started, and releases what it holds. Never rejects; waits at most
   * {@link STOP_TIMEOUT_MS}. Call it once, and not after a failed start.
   */
  async end(): Promise<void> {
    const { lease, subject, log, clock } = this.#deps;
    lease.begin('stop');
    this.#controller.abort();
    const timeoutError = new FaultError(
      'PLUGIN_STOP_TIMEOUT',
      `stop timed out after ${STOP_TIMEOUT_MS / 1000} s`,
    );
    const deadline = {
      clock,
      timeoutMs: STOP_TIMEOUT_MS,
      timeoutError: () => timeoutError,
      signal: NEVER,
      abortError: () => timeoutError,
    };
    try {
      if (this.#wasStarted) await withDeadline(deadline, (signal) => subject.stop(signal));
    } catch (error) {
      const code = isFault(error) ? { code: error.code } : {};
      log.warn('plugin stop failed', { ...code, reason: messageOf(error), error });
    }
    lease.end();
  }

  /** @throws the plugin's error, or PROVIDER_TIMEOUT. */
  async health(): Promise<void> {
    this.#deps.lease.begin('health check');
    const timeoutError = new FaultError(
      'PROVIDER_TIMEOUT',
      `health check timed out after ${HEALTH_TIMEOUT_MS / 1000} s`,
    );
    await this.withDeadline(
      HEALTH_TIMEOUT_MS,
      () => timeoutError,
      async (signal) => this.#deps.subject.health?.(signal),
    );
  }

  /** Runs a task of the plugin. Rejects with `timeoutError` after `timeoutMs`, and with `abortError` if the instance ends. */
  protected withDeadline<Value>(
    timeoutMs: number,
    timeoutError: () => FaultError,
    task: (signal: AbortSignal) => Promise<Value>,
    abortError = pluginStopped,
  ): Promise<Value> {
    return withDeadline(
      { clock: this.#deps.clock, timeoutMs, timeoutError, signal: this.signal, abortError },
      task,
    );
  }
}

/** A stop is not cancelled, except by its deadline. */
const NEVER = new AbortController().signal;

export const pluginStopped = (): FaultError =>
  new FaultError('PROVIDER_NOT_RUNNING', 'the plugin was stopped');
