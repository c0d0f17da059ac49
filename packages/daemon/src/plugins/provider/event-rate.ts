/**
 * How much a provider may tell in a second. A plugin that runs wild is cut off here, before what it tells costs anything:
 * one call cannot use up what all calls of its provider have, nor what passes anyway what is kept for ever.
 */
import type { Clock, ProviderCallId, ProviderEvent, ProviderEventType } from '@sidetone/core';

/** The share of the bound that one call may use. */
export const CALL_SHARE = 1 / 10;
/** The share of each bound that is left for what lasts. */
export const LASTING_SHARE = 1 / 2;

const SECOND_MS = 1000;

/** Whether an event is of the moment: the next of its kind replaces it, and history is whole without it. */
const PASSES = {
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

export interface EventRateDeps {
  readonly clock: Clock;
  /** `limits.eventsPerSecond`. */
  readonly eventsPerSecond: number;
  /** Whether the call is live: its end is taken whatever else was told. There is one for each, so that this is no way round. */
  readonly isLive: (providerCallId: ProviderCallId) => boolean;
}

export class EventRate {
  readonly #deps: EventRateDeps;
  #since = 0;
  #taken = 0;
  /** No larger than the bound: only what is taken is counted. */
  readonly #takenOf = new Map<ProviderCallId, number>();

  constructor(deps: EventRateDeps) {
    this.#deps = deps;
  }

  /** Whether the event may come in now; if so, it is counted. */
  takes({ type, providerCallId }: Pick<ProviderEvent, 'type' | 'providerCallId'>): boolean {
    this.#turnOver();
    const { eventsPerSecond, isLive } = this.#deps;
    const share = PASSES[type] ? 1 - LASTING_SHARE : 1;
    const most = eventsPerSecond * share;
    const takenOf = this.#takenOf.get(providerCallId) ?? 0;
    const hasRoom = this.#taken < most && takenOf < most * CALL_SHARE;
    if (!hasRoom) return type === 'call.ended' && isLive(providerCallId);
    this.#taken++;
    this.#takenOf.set(providerCallId, takenOf + 1);
    return true;
  }

  /** A clock that was set back begins a new second, too. */
  #turnOver(): void {
    const now = this.#deps.clock.now();
    if (now >= this.#since && now - this.#since < SECOND_MS) return;
    this.#since = now;
    this.#taken = 0;
    this.#takenOf.clear();
  }
}
