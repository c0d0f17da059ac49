/**
 * The life of a plugin in the daemon, a provider's or a transcriber's, through its instances. One is started, and another
 * one with growing waits while that fails. What runs is looked after, and replaced when it throws too often, within a budget.
 */
import { FaultError, isFault, messageOf, type Clock, type Logger, type ProviderState } from '@sidetone/core';
import { backOffMs, type BackOff } from '@sidetone/plugin-kit';
import type { ThrowListener } from './lease.ts';
import { Mishaps, type MishapCode } from './mishaps.ts';
import type { PluginInstance } from './plugin-instance.ts';
import { RecentCount } from './recent-count.ts';

/** Delay before a failed plugin is retried; the jitter keeps plugins that failed together from restarting together. */
export const PLUGIN_BACK_OFF = { firstMs: 1000, maxMs: 5 * 60_000, jitter: 0.5 } as const satisfies BackOff;
/** How often a running plugin is looked after, ms. */
export const LOOK_MS = 60_000;
/** An instance that throws so often within this time is replaced. */
export const MOST_THROWS = 20;
export const THROWS_WINDOW_MS = 60_000;
/** A plugin whose instance would have to be replaced once more within this time is given up. */
export const MOST_REPLACEMENTS = 5;
export const REPLACEMENTS_WINDOW_MS = 10 * 60_000;

/** What an instance tells whoever made it. */
export interface InstanceWatcher {
  /** The plugin threw where the contract allows no throwing. */
  readonly onThrow: ThrowListener;
  /** An event was dropped. */
  readonly lost: (code: MishapCode, why: string) => void;
}

export interface PluginLifeDeps<Instance extends PluginInstance> {
  /** Makes a new instance. @throws {FaultError} the reason why there can be none. */
  readonly make: (watcher: InstanceWatcher) => Instance;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Logger;
}

const nothing = (): void => undefined;

export class PluginLife<Instance extends PluginInstance> {
  readonly #deps: PluginLifeDeps<Instance>;
  readonly #onRunning: () => void;
  /** The one that starts or runs; none while the plugin is down. */
  #instance: Instance | undefined;
  #phase: Exclude<ProviderState, 'DEGRADED'> = 'STARTING';
  /** Why it is down. */
  #reason: string | undefined;
  /** Why it does not do well while it runs. */
  #illness: string | undefined;
  readonly #mishaps = new Mishaps();
  readonly #replacements: RecentCount;
  /** Starts that failed and instances that were replaced, in a row. */
  #failures = 0;
  /** The next attempt, or the next look. */
  #cancelNext = nothing;
  /** The end of an instance that is being replaced. */
  #ending: Promise<void> | undefined;

  /** Makes the first instance, and starts nothing. `onRunning` is called whenever one runs that did not before. */
  constructor(deps: PluginLifeDeps<Instance>, onRunning: () => void) {
    this.#deps = deps;
    this.#onRunning = onRunning;
    this.#replacements = new RecentCount(deps.clock, REPLACEMENTS_WINDOW_MS, MOST_REPLACEMENTS + 1);
    this.#make();
  }

  /** The instance that starts or runs. */
  get instance(): Instance | undefined {
    return this.#instance;
  }

  /** The instance that can be asked now. */
  get running(): Instance | undefined {
    return this.#phase === 'RUNNING' ? this.#instance : undefined;
  }

  get state(): ProviderState {
    return this.#phase === 'RUNNING' && this.#complaints.length > 0 ? 'DEGRADED' : this.#phase;
  }

  /** Why it is not RUNNING, and what to do. */
  get stateMessage(): string | undefined {
    if (this.#phase !== 'RUNNING') return this.#reason;
    return this.#complaints.length > 0 ? this.#complaints.join(' ') : undefined;
  }

  /** Returns when it runs or the first attempt has failed. Never rejects. */
  async start(): Promise<void> {
    const instance = this.#instance;
    if (!instance || instance.isBegun) return;
    await this.#begin(instance);
  }

  /** Never rejects, and never waits longer than the deadline of the instance. No timer is left. */
  async stop(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    this.#phase = 'STOPPED';
    this.#reason = undefined;
    this.#cancelNext();
    await Promise.all([instance?.end(), this.#ending]);
  }

  /** Takes note of an event that was dropped. */
  readonly lost = (code: MishapCode, why: string): void => {
    if (this.#mishaps.note(code, why))
      this.#deps.log.warn('events of the plugin are dropped', { code, reason: why });
  };

  get #complaints(): readonly string[] {
    return [...(this.#illness === undefined ? [] : [this.#illness]), ...this.#mishaps.messages];
  }

  /** A new instance in place of none; none when there can be none, which is final. */
  #make(): Instance | undefined {
    const throws = new RecentCount(this.#deps.clock, THROWS_WINDOW_MS, MOST_THROWS);
    let made: Instance | undefined;
    try {
      made = this.#deps.make({
        onThrow: (where, error) => {
          // What an older instance still throws is no news.
          if (made && made === this.#instance) this.#onThrow(made, throws, where, error);
        },
        lost: this.lost,
      });
    } catch (error) {
      this.#giveUp(asFault(error));
    }
    this.#instance = made;
    return made;
  }

  async #begin(instance: Instance): Promise<void> {
    this.#phase = 'STARTING';
    try {
      await instance.start();
    } catch (error) {
      // Stopped in between: then there is nothing to say.
      if (this.#instance === instance) this.#retry(asFault(error));
      return;
    }
    if (this.#instance !== instance) return;
    this.#phase = 'RUNNING';
    this.#reason = undefined;
    this.#illness = undefined;
    if (this.#failures > 0) this.#deps.log.info('a plugin runs again', { failures: this.#failures });
    this.#lookLater(instance);
    this.#onRunning();
  }

  /** What the operator has to mend is final. All else is tried again, for as long as it takes. */
  #retry(fault: FaultError): void {
    if (fault.kind === 'config') return this.#giveUp(fault);
    const { clock, random } = this.#deps;
    const delayMs = backOffMs(PLUGIN_BACK_OFF, ++this.#failures, 1 - random());
    const nextAttemptAt = new Date(clock.now() + delayMs).toISOString();
    this.#fail(fault, `The next attempt is at ${nextAttemptAt}.`, { nextAttemptAt });
    this.#cancelNext = clock.schedule(delayMs, () => {
      const instance = this.#make();
      if (instance) void this.#begin(instance);
    });
  }

  #giveUp(fault: FaultError): void {
    this.#fail(fault, 'It is not tried again until the daemon restarts.', {});
  }

  #fail(fault: FaultError, next: string, fields: { readonly nextAttemptAt?: string }): void {
    const { code, message, remedy } = fault;
    this.#instance = undefined;
    this.#phase = 'FAILED';
    this.#reason = `${message}. ${remedy} ${next}`;
    this.#deps.log.error('a plugin cannot be used', { code, reason: message, remedy, ...fields });
  }

  #onThrow(instance: Instance, throws: RecentCount, where: string, error: unknown): void {
    const isTooMuch = throws.add() >= MOST_THROWS;
    // While it starts it cannot be replaced; the log is spared all the same.
    if (isTooMuch && this.#phase !== 'RUNNING') return;
    const why = `${where}: ${messageOf(error)}`;
    this.#mishaps.note('PLUGIN_EXCEPTION', why);
    this.#deps.log.error('a plugin threw', { code: 'PLUGIN_EXCEPTION', where, reason: messageOf(error) });
    if (!isTooMuch) return;
    const often = `${MOST_THROWS} times within ${THROWS_WINDOW_MS / 1000} s`;
    const fault = new FaultError('PLUGIN_EXCEPTION', `the plugin threw ${often}, the last time in ${why}`);
    this.#ending = this.#replace(instance, fault);
  }

  /** Ends the instance, and has another one started once it has ended: two would tell everything twice. */
  async #replace(instance: Instance, fault: FaultError): Promise<void> {
    this.#cancelNext();
    this.#instance = undefined;
    this.#phase = 'FAILED';
    this.#reason = `${fault.message}. It is being stopped.`;
    await instance.end();
    if (this.state === 'STOPPED') return;
    if (this.#replacements.add() > MOST_REPLACEMENTS) this.#giveUp(fault);
    else this.#retry(fault);
  }

  #lookLater(instance: Instance): void {
    this.#cancelNext = this.#deps.clock.schedule(LOOK_MS, () => void this.#look(instance));
  }

  /** Never rejects. */
  async #look(instance: Instance): Promise<void> {
    this.#failures = 0;
    this.#mishaps.look();
    let illness: string | undefined;
    try {
      await instance.health();
    } catch (error) {
      illness = `It does not do well: ${messageOf(error)}.`;
    }
    if (this.#instance !== instance) return;
    const isNews = illness !== undefined && this.#illness === undefined;
    if (isNews) this.#deps.log.warn('a plugin does not do well', { reason: illness });
    this.#illness = illness;
    this.#lookLater(instance);
  }
}

const asFault = (error: unknown): FaultError =>
  isFault(error) ? error : new FaultError('PLUGIN_START_FAILED', messageOf(error), { cause: error });
