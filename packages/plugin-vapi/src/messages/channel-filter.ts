/**
 * Drops duplicate messages of transport calls. Such a call sends the same messages over its socket and by webhook: of each type,
 * only the channel that delivered the first message is accepted.
 */
import type { Clock, ProviderCallId } from '@sidetone/core';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { VapiMessageType } from '../wire.ts';

/** How long the channels of an ended call are remembered, ms: webhooks may still arrive. */
const FORGET_AFTER_MS = 60_000;

/** Types of which every message counts. A second message of any other type has no effect. */
const FILTERED_TYPES: ReadonlySet<VapiMessageType> = new Set([
  'transcript',
  'speech-update',
  'transfer-update',
  'hang',
  'conversation-update',
]);

export type Channel = 'webhook' | 'socket';

interface ChannelFilterDeps {
  readonly clock: Clock;
  readonly calls: Pick<LiveCalls, 'subscribe'>;
  readonly stopped: AbortSignal;
}

export interface ChannelFilter {
  /** Filters the messages of a call from now on, until it has ended. */
  add(callId: ProviderCallId): void;
  /** Returns whether a message of this type is accepted from this channel. */
  accepts(callId: ProviderCallId, channel: Channel, type: VapiMessageType): boolean;
}

export function createChannelFilter({ clock, calls, stopped }: ChannelFilterDeps): ChannelFilter {
  const channels = new Map<ProviderCallId, Map<VapiMessageType, Channel>>();

  calls.subscribe({
    ended(callId) {
      if (!channels.has(callId)) return;
      void clock.delay(FORGET_AFTER_MS, stopped).then(() => channels.delete(callId));
    },
  });

  return {
    add: (callId) => void channels.set(callId, new Map()),
    accepts(callId, channel, type) {
      const first = channels.get(callId);
      if (!first || !FILTERED_TYPES.has(type)) return true;
      if (!first.has(type)) first.set(type, channel);
      return first.get(type) === channel;
    },
  };
}
