/**
 * The lifecycle of a plugin: starts an instance and retries with backoff while that fails, checks its health, and replaces it
 * a limited number of times if it throws too often.
 */
import { FaultError, isFault, messageOf, type Clock, type Logger, type ProviderState } from '@sidetone/core';
import { backOffMs, type BackOff } from '@sidetone/plugin-kit';
import { LogSampler } from '../../log-sampler.ts';
import type { ExceptionListener } from './lease.ts';
import type { PluginInstance } from './plugin-instance.ts';
import { RecentFailures, type PluginFailureCode } from './recent-failures.ts';
import { SlidingCounter } from './sliding-counter.ts';
import { StateSince } from './state-since.ts';

/** Delay before a failed plugin is retried; the jitter keeps plugins that failed together from restarting together. */
export const PLUGIN_BACK_OFF = { firstMs: 1000, maxMs: 5 * 60_000, jitter: 0.5 } as const satisfies BackOff;
/** Interval of health checks, ms. */
export const HEALTH_INTERVAL_MS = 60_000;
/** An instance that throws this often within the window is replaced. */
export const MAX_EXCEPTIONS = 20;
export const EXCEPTIONS_WINDOW_MS = 60_000;
/** A plugin that needs more replacements within the window is given up for {@link GIVEN_UP_BACK_OFF}. */
export const MAX_REPLACEMENTS = 5;
export const REPLACEMENTS_WINDOW_MS = 10 * 60_000;
/** Delay before a plugin that was given up is retried. It doubles with each time within {@link GIVEN_UP_WINDOW_MS}. */
export const GIVEN_UP_BACK_OFF = {
  firstMs: 60 * 60_000,
  maxMs: 8 * 60 * 60_000,
  jitter: 0.1,
} as const satisfies BackOff;
export const GIVEN_UP_WINDOW_MS = 48 * 60 * 60_000;
/** Number of times within the window after which the delay no longer grows. */
const MAX_GIVEN_UP = 5;

/** Receives the failures of an instance. */
export interface FailureListener {
  /** The plugin threw where the contract does not allow it. */
  readonly onException: ExceptionListener;
  /**
   * The plugin threw while it handled a request or a message on a socket that a client opened. Anybody may send these, so they are
   * counted apart, do not change the state, and never cause a replacement.
   */
  readonly onRequestFailed: ExceptionListener;
  /**
   * An event was rejected because of a value that its sender chose. Anybody may send these, so they are counted apart, and do not
   * change the state.
   */
  readonly onEventRejected: (reason: string) => void;
  /** The instance can no longer work: its thread has ended. */
  readonly onLost: (fault: FaultError) => void;
  /** An event of the plugin was dropped. */
  readonly onEventDropped: (code: PluginFailureCode, reason: string) => void;
}

export interface PluginLifecycleDeps<Instance extends PluginInstance> {
  /** Creates an instance. @throws {FaultError} if the plugin cannot be used; this is not retried. */
  readonly create: (listener: FailureListener) => Instance;
  readonly clock: Clock;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
  readonly log: Logger;
}

const nothing = (): void => undefined;

export class PluginLifecycle<Instance extends PluginInstance> {
  readonly #deps: PluginLifecycleDeps<Instance>;
  readonly #onRunning: () => void;
  /** The instance that is starting or running. */
  #instance: Instance | undefined;
  #phase: Exclude<ProviderState, 'DEGRADED'> = 'STARTING';
  #isFinal = false;
  /** Why the plugin does not run. */
  #failure: string | undefined;
  /** Why the last health check failed. */
  #healthFailure: string | undefined;
  /** Whether the instance has answered a health check, or has none. */
  #isChecked = false;
  #checked: Promise<void> = Promise.resolve();
  readonly #recentFailures = new RecentFailures();
  readonly #replacements: SlidingCounter;
  readonly #timesGivenUp: SlidingCounter;
  readonly #requestFailures: LogSampler;
  #failedRequests = 0;
  #rejectedEvents = 0;
  /** Consecutive failed starts and replaced instances. */
  #failures = 0;
  readonly #since: StateSince;
  /** Cancels the timer of the next retry or health check. */
  #cancelTimer = nothing;
  /** Settles when the instance that is being replaced has ended. */
  #ending: Promise<void> | undefined;

  /** Creates the first instance without starting it. `onRunning` is called whenever an instance has started. */
  constructor(deps: PluginLifecycleDeps<Instance>, onRunning: () => void) {
    this.#deps = deps;
    this.#onRunning = onRunning;
    this.#replacements = new SlidingCounter(deps.clock, REPLACEMENTS_WINDOW_MS, MAX_REPLACEMENTS + 1);
    this.#timesGivenUp = new SlidingCounter(deps.clock, GIVEN_UP_WINDOW_MS, MAX_GIVEN_UP);
    this.#requestFailures = new LogSampler(deps);
    this.#since = new StateSince(this.#phase, deps.clock.now());
    this.#create();
  }

  /** The instance that is starting or running. */
  get instance(): Instance | undefined {
    return this.#instance;
  }

  /** The running instance. */
  get running(): Instance | undefined {
    return this.#phase === 'RUNNING' ? this.#instance : undefined;
  }

  /** Number of requests since the daemon started whose handling threw an exception. */
  get failedRequests(): number {
    return this.#failedRequests;
  }

  /** Number of events since the daemon started that were rejected because of a value that their sender chose. */
  get rejectedEvents(): number {
    return this.#rejectedEvents;
  }

  /** An instance that runs is STARTING until its first health check has ended. */
  get state(): ProviderState {
    if (this.#phase !== 'RUNNING') return this.#phase;
    if (this.#problems.length > 0) return 'DEGRADED';
    return this.#isChecked ? 'RUNNING' : 'STARTING';
  }

  /** Since when it has its state, epoch ms. */
  get stateSince(): number {
    this.#noteState();
    return this.#since.at;
  }

  /** Whether it has failed and is not retried. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  /** Resolves when the first health check of the current instance has ended. Never rejects. */
  get checked(): Promise<void> {
    return this.#checked;
  }

  /** Why the state is FAILED or DEGRADED, with the remedy. */
  get stateMessage(): string | undefined {
    if (this.#phase !== 'RUNNING') return this.#failure;
    return this.#problems.length > 0 ? this.#problems.join(' ') : undefined;
  }

  /** Resolves when the plugin runs or the first attempt has failed. Never rejects. */
  async start(): Promise<void> {
    const instance = this.#instance;
    if (!instance || instance.wasStarted) return;
    await this.#start(instance);
  }

  /** Never rejects; waits at most for the deadline of the instance. Leaves no timer. */
  async stop(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    this.#phase = 'STOPPED';
    this.#failure = undefined;
    this.#noteState();
    this.#cancelTimer();
    await Promise.all([instance?.end(), this.#ending]);
    this.#requestFailures.close();
  }

  /** Counts a dropped event. */
  readonly onEventDropped = (code: PluginFailureCode, reason: string): void => {
    if (this.#recentFailures.add(code, reason))
      this.#deps.log.warn('events of the plugin dropped', { code, reason });
    this.#noteState();
  };

  /** Counts a rejected event, and logs a sample of them. */
  readonly onEventRejected = (reason: string): void => {
    this.#rejectedEvents++;
    this.#requestFailures.warn(reason, 'event rejected', { reason });
  };

  /** Counts a failed request, and logs a sample of them. */
  readonly #onRequestFailed: ExceptionListener = (where, error) => {
    this.#failedRequests++;
    const reason = messageOf(error);
    const fields = { code: 'PLUGIN_REQUEST_FAILED', where, reason, error };
    this.#requestFailures.warn(where, 'request failed in the plugin', fields);
  };

  #noteState(): void {
    this.#since.update(this.state, this.#deps.clock.now());
  }

  get #problems(): readonly string[] {
    return [
      ...(this.#healthFailure === undefined ? [] : [this.#healthFailure]),
      ...this.#recentFailures.messages,
    ];
  }

  /** Creates an instance. If that fails, the plugin fails until the daemon restarts. */
  #create(): Instance | undefined {
    const exceptions = new SlidingCounter(this.#deps.clock, EXCEPTIONS_WINDOW_MS, MAX_EXCEPTIONS);
    let created: Instance | undefined;
    try {
      created = this.#deps.create({
        onException: (where, error) => {
          // Exceptions of earlier instances are ignored.
          if (created && created === this.#instance) this.#onException(created, exceptions, where, error);
        },
        onRequestFailed: this.#onRequestFailed,
        onLost: (fault) => {
          // While it starts, its start rejects.
          if (created && created === this.#instance && this.#phase === 'RUNNING')
            this.#ending = this.#replace(created, fault);
        },
        onEventDropped: this.onEventDropped,
        onEventRejected: this.onEventRejected,
      });
    } catch (error) {
      this.#fail(asFault(error));
    }
    this.#instance = created;
    return created;
  }

  async #start(instance: Instance): Promise<void> {
    this.#phase = 'STARTING';
    this.#noteState();
    try {
      await instance.start();
    } catch (error) {
      // Not if the plugin was stopped meanwhile.
      if (this.#instance === instance) this.#retry(asFault(error));
      return;
    }
    if (this.#instance !== instance) return;
    this.#phase = 'RUNNING';
    this.#failure = undefined;
    this.#healthFailure = undefined;
    this.#isChecked = !instance.hasHealthCheck;
    this.#noteState();
    if (this.#failures > 0) this.#deps.log.info('plugin restarted', { failures: this.#failures });
    this.#onRunning();
    // At once, so that wrong credentials are known within seconds.
    if (instance.hasHealthCheck) this.#checked = this.#checkHealth(instance);
    else this.#scheduleHealthCheck(instance);
  }

  /** Retries without a limit, except after errors that the operator has to correct. */
  #retry(fault: FaultError): void {
    if (fault.kind === 'config') return this.#fail(fault);
    this.#retryLater(fault, PLUGIN_BACK_OFF, ++this.#failures);
  }

  /** Retries after a long time, because the replacements did not help. */
  #giveUp(fault: FaultError): void {
    this.#failures = 0;
    this.#retryLater(fault, GIVEN_UP_BACK_OFF, this.#timesGivenUp.add());
  }

  #retryLater(fault: FaultError, backOff: BackOff, failures: number): void {
    const { clock, random, log } = this.#deps;
    const delayMs = backOffMs(backOff, failures, 1 - random());
    const nextAttemptAt = new Date(clock.now() + delayMs).toISOString();
    this.#setFailed(fault, `The next attempt is at ${nextAttemptAt}.`);
    log.error('plugin failed, retrying', { ...fieldsOf(fault), nextAttemptAt });
    this.#cancelTimer = clock.schedule(delayMs, () => {
      const instance = this.#create();
      if (instance) void this.#start(instance);
    });
  }

  /** Fails until the daemon restarts. */
  #fail(fault: FaultError): void {
    this.#isFinal = true;
    this.#setFailed(fault, 'It is not retried until the daemon restarts.');
    this.#deps.log.error('plugin failed', fieldsOf(fault));
  }

  #setFailed({ message, remedy }: FaultError, next: string): void {
    this.#instance = undefined;
    this.#phase = 'FAILED';
    this.#failure = `${asSentence(message)} ${remedy} ${next}`;
    this.#noteState();
  }

  #onException(instance: Instance, exceptions: SlidingCounter, where: string, error: unknown): void {
    const isLimitReached = exceptions.add() >= MAX_EXCEPTIONS;
    // An instance that is starting is not replaced, and the log is not flooded.
    if (isLimitReached && this.#phase !== 'RUNNING') return;
    const reason = messageOf(error);
    this.#recentFailures.add('PLUGIN_EXCEPTION', `${where}: ${reason}`);
    this.#noteState();
    this.#deps.log.error('exception in the plugin', { code: 'PLUGIN_EXCEPTION', where, reason, error });
    if (!isLimitReached) return;
    const message = `${MAX_EXCEPTIONS} exceptions in the plugin within ${EXCEPTIONS_WINDOW_MS / 1000} s, the last one in ${where}: ${reason}`;
    this.#ending = this.#replace(instance, new FaultError('PLUGIN_EXCEPTION', message));
  }

  /** Ends the instance before the next one starts, so that no event is emitted twice. */
  async #replace(instance: Instance, fault: FaultError): Promise<void> {
    this.#cancelTimer();
    this.#instance = undefined;
    this.#phase = 'FAILED';
    this.#failure = `${fault.message}. It is being stopped.`;
    this.#noteState();
    await instance.end();
    if (this.state === 'STOPPED') return;
    if (this.#replacements.add() > MAX_REPLACEMENTS) this.#giveUp(fault);
    else this.#retry(fault);
  }

  #scheduleHealthCheck(instance: Instance): void {
    this.#cancelTimer = this.#deps.clock.schedule(HEALTH_INTERVAL_MS, () => {
      this.#failures = 0;
      this.#recentFailures.expire();
      this.#noteState();
      void this.#checkHealth(instance);
    });
  }

  /** Never rejects. */
  async #checkHealth(instance: Instance): Promise<void> {
    let reason: string | undefined;
    try {
      await instance.health();
    } catch (error) {
      reason = messageOf(error);
    }
    if (this.#instance !== instance) return;
    const wasFailing = this.#healthFailure !== undefined;
    if (reason !== undefined && !wasFailing) this.#deps.log.warn('health check failed', { reason });
    if (reason === undefined && wasFailing) this.#deps.log.info('health check succeeded again');
    this.#isChecked = true;
    this.#healthFailure = reason && `Health check failed: ${asSentence(reason)}`;
    this.#noteState();
    this.#scheduleHealthCheck(instance);
  }
}

/** Ends a text with exactly one full stop. */
const asSentence = (text: string): string => `${text.replace(/[.\s]+$/, '')}.`;

const asFault = (error: unknown): FaultError =>
  isFault(error) ? error : new FaultError('PLUGIN_START_FAILED', messageOf(error), { cause: error });

/** With the stack of an exception of the plugin. */
const fieldsOf = ({ code, message, remedy, cause }: FaultError) => ({
  code,
  reason: message,
  remedy,
  ...(cause instanceof Error && !isFault(cause) && { error: cause }),
});
