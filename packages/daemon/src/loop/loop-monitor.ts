/**
 * Names the work that holds up the event loop. A turn begins with its first unit of work and ends when the event loop comes
 * round; if it was too long, its longest unit is counted and logged. Work without a label is found by a timer of Node.js that
 * measures its own delay.
 */
import type { Clock, Logger } from '@sidetone/core';
import { LogSampler } from '../log-sampler.ts';
import { listenToWork, OTHER_WORK } from './current-work.ts';
import { createDelayGauge, type DelayGauge } from './delay-gauge.ts';

/** The duration above which a turn of the event loop is reported, ms. */
export const SLOW_TURN_MS = 50;
/** The duration above which a delay without a label is logged, ms: shorter ones are usual on a machine with other work. */
export const LOGGED_DELAY_MS = 500;
/** The maximum number of labels that are counted separately. */
export const MAX_LABELS = 200;
/** How often delays without a label are looked for, ms. */
export const DELAY_CHECK_MS = 1000;

/** The duration of a unit of work above which its plugin is named to the operator, ms. */
export const BLOCKED_MS = 500;

export interface SlowWork {
  /** The number of slow turns of which this was the longest unit. */
  turns: number;
  /** The duration of the longest of these turns, ms. */
  longestMs: number;
}

export interface LoopMonitorDeps {
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Runs a task at the end of the turn. Default: `setImmediate`. */
  readonly atEndOfTurn?: (task: () => void) => void;
  readonly delays?: DelayGauge;
  /** Called with the plugin whose work took longer than {@link BLOCKED_MS}. */
  readonly onBlocked?: (plugin: string, work: string, workMs: number) => void;
}

export class LoopMonitor {
  readonly #deps: LoopMonitorDeps;
  readonly #sampler: LogSampler;
  readonly #atEndOfTurn: (task: () => void) => void;
  readonly #slow = new Map<string, SlowWork>();
  readonly #undo: (() => void)[] = [];
  #turnStartedAt = 0;
  /** The unit of work in progress; undefined between turns. */
  #label: string | undefined;
  #plugin: string | undefined;
  #labelSince = 0;
  #longestLabel = OTHER_WORK;
  #longestMs = 0;
  #reported = 0;
  #unlisted = 0;

  constructor(deps: LoopMonitorDeps) {
    this.#deps = deps;
    this.#sampler = new LogSampler(deps);
    this.#atEndOfTurn = deps.atEndOfTurn ?? setImmediate;
  }

  /** Slow turns by the label of their longest unit. */
  get slow(): ReadonlyMap<string, Readonly<SlowWork>> {
    return this.#slow;
  }

  /** Number of slow turns whose label was counted as `other`, because there are too many. */
  get unlisted(): number {
    return this.#unlisted;
  }

  start(): void {
    const delays = this.#deps.delays ?? createDelayGauge(this.#deps.clock);
    let reported = 0;
    const check = (): void => {
      const longestMs = delays.takeLongestMs();
      if (longestMs > SLOW_TURN_MS && this.#reported === reported) this.#report(OTHER_WORK, longestMs);
      reported = this.#reported;
      cancel = this.#deps.clock.schedule(DELAY_CHECK_MS, check);
    };
    let cancel = this.#deps.clock.schedule(DELAY_CHECK_MS, check);
    this.#undo.push(
      listenToWork((label, plugin) => this.#begin(label, plugin)),
      () => cancel(),
      () => delays.close(),
    );
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#sampler.close();
  }

  #begin(label: string, plugin: string | undefined): void {
    const now = this.#deps.clock.elapsed();
    if (this.#label !== undefined) this.#endUnit(this.#label, now);
    else {
      this.#turnStartedAt = now;
      this.#atEndOfTurn(() => this.#endTurn());
    }
    this.#label = label;
    this.#plugin = plugin;
    this.#labelSince = now;
  }

  #endUnit(label: string, now: number): void {
    const durationMs = now - this.#labelSince;
    if (durationMs >= BLOCKED_MS && this.#plugin !== undefined)
      this.#deps.onBlocked?.(this.#plugin, label, durationMs);
    if (durationMs <= this.#longestMs) return;
    this.#longestMs = durationMs;
    this.#longestLabel = label;
  }

  #endTurn(): void {
    const now = this.#deps.clock.elapsed();
    if (this.#label !== undefined) this.#endUnit(this.#label, now);
    const turnMs = now - this.#turnStartedAt;
    if (turnMs > SLOW_TURN_MS) this.#report(this.#longestLabel, turnMs, this.#longestMs);
    this.#label = undefined;
    this.#plugin = undefined;
    this.#longestMs = 0;
  }

  #report(label: string, turnMs: number, workMs?: number): void {
    this.#reported++;
    const key = this.#slow.has(label) || this.#slow.size < MAX_LABELS ? label : OTHER_WORK;
    if (key !== label) this.#unlisted++;
    const slow = this.#slow.get(key) ?? { turns: 0, longestMs: 0 };
    slow.turns++;
    slow.longestMs = Math.max(slow.longestMs, turnMs);
    this.#slow.set(key, slow);
    if (workMs === undefined && turnMs < LOGGED_DELAY_MS) return;
    this.#sampler.warn(key, 'event loop blocked', {
      work: label,
      turnMs: Math.round(turnMs),
      ...(workMs !== undefined && { workMs: Math.round(workMs) }),
    });
  }
}
