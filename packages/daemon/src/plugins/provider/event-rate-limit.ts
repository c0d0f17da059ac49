/**
 * Limits the events of a provider per second, before they cost any work. One call cannot use up the limit of all calls, and
 * transient events cannot use up that of events which are stored.
 */
import type { Clock, ProviderCallId, ProviderEvent, ProviderEventType } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';

/** The share of the limit that one call may use. */
const CALL_SHARE = 1 / 10;
/** The share of each limit that is reserved for events that are not transient. */
const DURABLE_SHARE = 1 / 2;

const SECOND_MS = 1000;
/** The number of ended calls whose report is still accepted above the limit. */
export const MAX_AWAITED_REPORTS = 1000;

/** Transient events are replaced by the next one of their kind, and the transcript is complete without them. */
const IS_TRANSIENT = {
  'call.started': false,
  'call.status': false,
  'call.ended': false,
  'call.report': false,
  'utterance.partial': true,
  'utterance.final': false,
  'speech.started': true,
  'speech.stopped': true,
  dtmf: false,
  'assistant.changed': false,
  'transfer.started': false,
  'command.confirmed': false,
  notice: true,
} as const satisfies Record<ProviderEventType, boolean>;

/** Whether an event may be dropped without rejecting the request that caused it. */
export const isTransient = ({ type }: Pick<ProviderEvent, 'type'>): boolean => IS_TRANSIENT[type];

export interface EventRateLimitDeps {
  readonly clock: Clock;
  /** `limits.eventsPerSecond`. */
  readonly eventsPerSecond: number;
  /**
   * Whether a call is live. The end of a live call is always accepted, and then one report: a call has only one of each, so
   * this is no loophole.
   */
  readonly isLive: (providerCallId: ProviderCallId) => boolean;
}

export class EventRateLimit {
  readonly #deps: EventRateLimitDeps;
  #secondStartedAt = -Infinity;
  #accepted = 0;
  /** Limited in size by `eventsPerSecond`, because only accepted events are counted. */
  readonly #acceptedOfCall = new Map<ProviderCallId, number>();
  /** Calls that have ended and have no report yet. */
  readonly #awaitedReports = new BoundedMap<ProviderCallId, true>(MAX_AWAITED_REPORTS);

  constructor(deps: EventRateLimitDeps) {
    this.#deps = deps;
  }

  /** Returns whether an event is within the limit, and counts it if it is. */
  accept({ type, providerCallId }: Pick<ProviderEvent, 'type' | 'providerCallId'>): boolean {
    const isExempt = this.#isExempt(type, providerCallId);
    this.#startSecondIfElapsed();
    const limit = this.#deps.eventsPerSecond * (IS_TRANSIENT[type] ? 1 - DURABLE_SHARE : 1);
    const acceptedOfCall = this.#acceptedOfCall.get(providerCallId) ?? 0;
    const isWithinLimit = this.#accepted < limit && acceptedOfCall < limit * CALL_SHARE;
    if (!isWithinLimit) return isExempt;
    this.#accepted++;
    this.#acceptedOfCall.set(providerCallId, acceptedOfCall + 1);
    return true;
  }

  /** Returns whether it is the end of a live call, or its first report after the end. */
  #isExempt(type: ProviderEventType, id: ProviderCallId): boolean {
    if (type === 'call.report') return this.#awaitedReports.delete(id);
    const isEnd = type === 'call.ended' && this.#deps.isLive(id);
    if (isEnd) this.#awaitedReports.set(id, true);
    return isEnd;
  }

  #startSecondIfElapsed(): void {
    const now = this.#deps.clock.elapsed();
    if (now - this.#secondStartedAt < SECOND_MS) return;
    this.#secondStartedAt = now;
    this.#accepted = 0;
    this.#acceptedOfCall.clear();
  }
}
