/**
 * Applies the rules of retention in the background: walks through the calls that ended before the cutoff of a rule, oldest first, and
 * removes their data in small steps. How far it got is stored, so each call is visited once; once a day, all are looked at again, for
 * data that arrived late. Live calls and calls with a legal hold are left alone.
 */
import { FaultError, messageOf, type CallId, type Clock, type Logger } from '@sidetone/core';
import { CountsBy } from '../../metrics/counts.ts';
import { EVERY_DUTY, type Duties } from '../../duties/duties.ts';
import type { Ingest } from '../ingest.ts';
import { runSteps, settled, type NowOrLater, type Steps } from '../../now-or-later.ts';
import { retryWhileBusy } from '../store-retry.ts';
import type { EndedPosition, Pruned, PruneWork, RetentionReason, RetentionStore } from './ports.ts';
import { appliesTo, cutoffOf, type RetentionKind, type RetentionRule } from './rules.ts';

/** How often the rules are applied, ms. */
export const SWEEP_INTERVAL_MS = 6 * 60 * 60_000;
/** Of so many sweeps, one looks at all calls again. */
export const SWEEPS_PER_RECHECK = 4;
/** Delay after the start of the daemon, ms. */
export const FIRST_SWEEP_MS = 60_000;
/** Calls that are read at once. */
export const CALLS_PER_PAGE = 100;
/** Calls and rows of which data is removed in one step: a few milliseconds of work. */
export const CALLS_PER_STEP = 20;
export const ROWS_PER_STEP = 500;
/** The pause between two steps, ms. */
export const STEP_PAUSE_MS = 20;
/** Most calls that the backlog counts. */
export const MAX_BACKLOG = 10_000;

export interface RetentionDeps {
  readonly rules: readonly RetentionRule[];
  readonly store: RetentionStore;
  readonly ingest: Pick<Ingest, 'bring' | 'sealed' | 'storeNow'>;
  readonly recordings: { erase(callId: CallId): Promise<void> };
  /** Announces a recording that was removed to the other nodes. */
  readonly onRecordingErased?: ((callId: CallId) => void) | undefined;
  /** Forgets what memory has of a call, and scrubs the file. */
  readonly erasure: {
    forgetPruned(callId: CallId): void;
    forgetErased(callId: CallId): void;
    scrub(): Promise<void>;
  };
  /** Default: all. */
  readonly duties?: Duties;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A rule, and how far it was applied. */
export interface RuleStatus extends RetentionRule {
  /** Calls that ended until then are due. */
  readonly cutoff: number;
  /** Due calls that were not visited yet, at most {@link MAX_BACKLOG}; held calls of the kind CALLS are among them. */
  readonly backlog: number;
  /** Calls and rows removed since the start of the daemon. */
  readonly removedCalls: number;
  readonly removedRows: number;
}

type Removed = Pick<RuleStatus, 'removedCalls' | 'removedRows'>;
const NOTHING: Removed = { removedCalls: 0, removedRows: 0 };

export class Retention {
  readonly #deps: RetentionDeps;
  readonly #removed = new Map<RetentionRule, Removed>();
  readonly #stopping = new AbortController();
  #cancel = (): void => undefined;
  #running = Promise.resolve();
  #sweeps = 0;
  #failures = 0;
  /** Calls of which data was removed since the start, by the kind of the data and the reason. */
  readonly removals = new CountsBy<[kind: RetentionKind, reason: RetentionReason]>();

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#deps.rules.length > 0) this.#schedule(FIRST_SWEEP_MS);
  }

  /** Stops after the step that is running. The next start continues. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancel();
    await this.#running;
  }

  /** Sweeps that failed since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** Rejects with a fault of kind store. */
  async status(): Promise<readonly RuleStatus[]> {
    const { rules, store, clock } = this.#deps;
    const statusOf = async (rule: RetentionRule): Promise<RuleStatus> => {
      const cutoff = cutoffOf(rule, clock.now());
      const backlog = await store.countEnded(await this.#reached(rule), cutoff, MAX_BACKLOG);
      return { ...rule, cutoff, backlog, ...(this.#removed.get(rule) ?? NOTHING) };
    };
    return Promise.all(rules.map(statusOf));
  }

  /** Applies all rules now. Never rejects. */
  sweep(): Promise<void> {
    this.#running = this.#running.then(() => this.#sweep());
    return this.#running;
  }

  #schedule(delayMs: number): void {
    this.#cancel = this.#deps.clock.schedule(delayMs, () => {
      void this.sweep();
      this.#schedule(SWEEP_INTERVAL_MS);
    });
  }

  async #sweep(): Promise<void> {
    const { erasure, duties = EVERY_DUTY, log } = this.#deps;
    try {
      await duties.run('retention', () => this.#applyAll());
    } catch (error) {
      this.#failures++;
      log.warn('retention failed, retrying with the next sweep', { reason: messageOf(error) });
    }
    await erasure.scrub();
  }

  async #applyAll(): Promise<void> {
    const { rules, store } = this.#deps;
    const isRecheck = this.#sweeps++ % SWEEPS_PER_RECHECK === 0;
    for (const rule of rules) {
      await this.#apply(rule, {
        after: await this.#reached(rule),
        onVisited: (last) => this.#pass(rule, last),
      });
      // Calls that were removed are not found again.
      if (isRecheck && rule.kind !== 'CALLS')
        await this.#apply(rule, { select: (calls) => store.thatHave(rule.kind, calls) });
    }
  }

  /** Where a rule continues. Calls themselves are looked for from the beginning: those that are left have a hold. */
  #reached({ kind, key }: RetentionRule): NowOrLater<EndedPosition | undefined> {
    return kind === 'CALLS' ? undefined : this.#deps.store.progress(key);
  }

  async #pass({ kind, key }: RetentionRule, last: EndedPosition): Promise<void> {
    const { rules, store } = this.#deps;
    if (kind === 'CALLS') return;
    const progress: Record<string, EndedPosition> = {};
    for (const rule of rules) {
      const position = rule.key === key ? last : await store.progress(rule.key);
      if (position) progress[rule.key] = position;
    }
    await store.setProgress(progress);
  }

  async #apply(rule: RetentionRule, { after, select, onVisited }: Walk): Promise<void> {
    const { store, clock } = this.#deps;
    const { signal } = this.#stopping;
    const cutoff = cutoffOf(rule, clock.now());
    for (let from = after; !signal.aborted;) {
      const page = await store.endedCalls(from, cutoff, CALLS_PER_PAGE);
      const due = page.filter((call) => !call.isHeld && appliesTo(rule, call.providerId));
      const callIds = due.map(({ id }) => id);
      await this.#remove(rule, select ? await select(callIds) : callIds, cutoff);
      const last = page.at(-1);
      if (!last || signal.aborted) return;
      from = { endedAt: last.endedAt, id: last.id };
      await onVisited?.(from);
      if (page.length < CALLS_PER_PAGE) return;
      await clock.delay(STEP_PAUSE_MS, signal);
    }
  }

  async #remove(rule: RetentionRule, callIds: readonly CallId[], cutoff: number): Promise<void> {
    const { kind } = rule;
    const { clock, recordings, onRecordingErased } = this.#deps;
    const { signal } = this.#stopping;
    for (let left = callIds; left.length > 0 && !signal.aborted;) {
      const some = left.slice(0, CALLS_PER_STEP);
      const at = clock.now();
      // Files first: a row without a file is removed with the next attempt, a file without a row would stay.
      if (kind === 'CALLS' || kind === 'RECORDING') for (const callId of some) await recordings.erase(callId);
      // They may be files of other nodes; those of calls are announced with the call.
      if (kind === 'RECORDING') for (const callId of some) onRecordingErased?.(callId);
      const pruned = await this.prune({
        kind,
        callIds: some,
        rows: ROWS_PER_STEP,
        at,
        cutoff,
        reason: 'AGE',
      });
      this.#count(rule, pruned);
      left = [...pruned.left, ...left.slice(CALLS_PER_STEP)];
      if (left.length > 0) await clock.delay(STEP_PAUSE_MS, signal);
    }
  }

  /**
   * Removes data in one transaction, and from memory. Calls that another node does not give up are left alone.
   * @throws {FaultError} of kind store.
   */
  async prune(given: PruneWork): Promise<Pruned> {
    const { clock, ingest, store, erasure } = this.#deps;
    const work = { ...given, callIds: await ingest.bring(given.callIds) };
    const removals = this.removals;
    function* prune(): Steps<Pruned> {
      // An event that is not stored yet would bring back the call as it was.
      if (!(yield* settled(ingest.storeNow())))
        throw new FaultError('STORE_WRITE_FAILED', 'events are waiting to be stored');
      const pruned = yield* settled(store.prune(work));
      for (const callId of pruned.calls) {
        // A large call is removed over several steps, the call itself with the last one.
        if (work.kind === 'CALLS' && !pruned.left.includes(callId)) erasure.forgetErased(callId);
        else erasure.forgetPruned(callId);
      }
      if (pruned.calls.length > 0) removals.add(pruned.calls.length, work.kind, work.reason);
      return pruned;
    }
    // Events that arrive meanwhile are derived from what is left.
    return ingest.sealed(work.callIds, () => retryWhileBusy(clock, () => runSteps(prune())));
  }

  #count(rule: RetentionRule, { calls, rows }: Pruned): void {
    const { removedCalls, removedRows } = this.#removed.get(rule) ?? NOTHING;
    this.#removed.set(rule, {
      removedCalls: removedCalls + calls.length,
      removedRows: removedRows + rows,
    });
  }
}

/** A walk through the calls that are due. */
interface Walk {
  readonly after?: EndedPosition | undefined;
  /** Returns the calls of a page that are of interest. */
  readonly select?: (calls: readonly CallId[]) => NowOrLater<readonly CallId[]>;
  /** Called with the last call of each page. */
  readonly onVisited?: (last: EndedPosition) => Promise<void>;
}
