/**
 * Limits the events of a provider per second, before they cost any work. One call cannot use up the limit of all calls, and
 * transient events cannot use up that of events which are stored.
 */
import type { Clock, ProviderCallId, ProviderEvent, ProviderEventType } from '@sidetone/core';

/** The share of the limit that one call may use. */
const CALL_SHARE = 1 / 10;
/** The share of each limit that is reserved for events that are not transient. */
const DURABLE_SHARE = 1 / 2;

const SECOND_MS = 1000;

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
  /** Whether a call is live. The end of a live call is always accepted; it has only one, so this is no loophole. */
  readonly isLive: (providerCallId: ProviderCallId) => boolean;
}

export class EventRateLimit {
  readonly #deps: EventRateLimitDeps;
  #secondStartedAt = -Infinity;
  #accepted = 0;
  /** Limited in size by `eventsPerSecond`, because only accepted events are counted. */
  readonly #acceptedOfCall = new Map<ProviderCallId, number>();

  constructor(deps: EventRateLimitDeps) {
    this.#deps = deps;
  }

  /** Returns whether an event is within the limit, and counts it if it is. */
  accept({ type, providerCallId }: Pick<ProviderEvent, 'type' | 'providerCallId'>): boolean {
    this.#startSecondIfElapsed();
    const { eventsPerSecond, isLive } = this.#deps;
    const limit = eventsPerSecond * (IS_TRANSIENT[type] ? 1 - DURABLE_SHARE : 1);
    const acceptedOfCall = this.#acceptedOfCall.get(providerCallId) ?? 0;
    const isWithinLimit = this.#accepted < limit && acceptedOfCall < limit * CALL_SHARE;
    if (!isWithinLimit) return type === 'call.ended' && isLive(providerCallId);
    this.#accepted++;
    this.#acceptedOfCall.set(providerCallId, acceptedOfCall + 1);
    return true;
  }

  #startSecondIfElapsed(): void {
    const now = this.#deps.clock.elapsed();
    if (now - this.#secondStartedAt < SECOND_MS) return;
    this.#secondStartedAt = now;
    this.#accepted = 0;
    this.#acceptedOfCall.clear();
  }
}
