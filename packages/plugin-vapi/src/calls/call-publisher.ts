/** Emits the events of a call and applies them to the tracked calls: the only file that emits events derived from messages. */
import type { ProviderCallId, ProviderEvent, ProviderHost } from '@sidetone/core';
import { translateCall } from './call-events.ts';
import type { VapiCall } from './call-object.ts';
import type { ObjectSource } from './live-call.ts';
import type { LiveCalls } from './live-calls.ts';

interface CallPublisherDeps {
  readonly host: Pick<ProviderHost, 'emit'>;
  readonly calls: Pick<LiveCalls, 'known' | 'apply'>;
  /** Nothing is emitted once it has aborted. */
  readonly stopped: AbortSignal;
}

export interface CallPublisher {
  /** Emits events, and applies them and the call object. Resolves once the state is stored; never rejects. */
  publish(
    callId: ProviderCallId,
    events: readonly ProviderEvent[],
    call: VapiCall | undefined,
  ): Promise<void>;
  /** Publishes a call object that the REST API returned to a request made at `requestedAt`, epoch ms. */
  publishCall(call: VapiCall, requestedAt: number): Promise<void>;
}

export function createCallPublisher({ host, calls, stopped }: CallPublisherDeps): CallPublisher {
  async function publish(
    callId: ProviderCallId,
    events: readonly ProviderEvent[],
    call: VapiCall | undefined,
    source?: ObjectSource,
  ): Promise<void> {
    if (stopped.aborted) return;
    for (const event of events) host.emit(event);
    await calls.apply(callId, events, call, source);
  }

  return {
    publish,
    publishCall(call, requestedAt) {
      const callId = call.id as ProviderCallId;
      return publish(callId, translateCall(call, requestedAt, calls.known(callId)), call, 'rest');
    },
  };
}
