/** The calls of the account, as far as they have to be remembered: which are over, and which were placed from here. */
import type { ProviderCallId, ProviderEvent, ProviderHost } from '@sidetone/core';
import { remember } from '../remember.ts';
import { translateWebhook } from '../translate.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

/** How many ended calls are remembered, so that a late answer webhook does not bring one back. */
export const MAX_ENDED_CALLS = 2000;
/** How many placed calls are remembered until they end; beyond, the oldest is forgotten. */
export const MAX_PLACED_CALLS = 2000;

export interface CallsDeps {
  readonly host: Pick<ProviderHost, 'emit'>;
  /** Aborts when the instance stops: nothing is told from then on. */
  readonly signal: AbortSignal;
  /** Called when a call is over, possibly again. */
  readonly onEnd: (callId: ProviderCallId) => Promise<void>;
}

export interface Calls {
  hasEnded(callId: ProviderCallId): boolean;
  /** Whether a live call was placed from here. */
  wasPlaced(callId: ProviderCallId): boolean;
  /** A call is placed from here. */
  place(callId: ProviderCallId): void;
  /** Tells events of one call, and ends what belongs to it if they end it. */
  takeIn(callId: ProviderCallId, events: readonly ProviderEvent[]): Promise<void>;
  /** Tells what a webhook means. */
  receive(webhook: VobizWebhook, receivedAt: number): Promise<void>;
}

/** No calls yet. */
export function createCalls({ host, signal, onEnd }: CallsDeps): Calls {
  const ended = new Map<string, true>();
  const placed = new Map<string, true>();

  async function takeIn(callId: ProviderCallId, events: readonly ProviderEvent[]): Promise<void> {
    if (signal.aborted) return;
    for (const event of events) host.emit(event);
    if (!events.some(({ type }) => type === 'call.ended')) return;
    remember(ended, callId, true, MAX_ENDED_CALLS);
    placed.delete(callId);
    await onEnd(callId);
  }

  return {
    hasEnded: (callId) => ended.has(callId),
    wasPlaced: (callId) => placed.has(callId),
    place: (callId) => remember(placed, callId, true, MAX_PLACED_CALLS),
    takeIn,
    async receive(webhook, receivedAt) {
      const callId = webhook.callId as ProviderCallId;
      const events = translateWebhook(webhook, receivedAt);
      // Webhooks carry no time of their own: one that was late would date the answer after the end.
      const isLate = ended.has(callId);
      await takeIn(callId, isLate ? events.filter(({ type }) => type !== 'call.started') : events);
    },
  };
}
