/** The calls that were placed here over the WebSocket transport, and our leg of each. */
import { FaultError, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import type { AudioFormat } from '@sidetone/plugin-kit';
import type { VapiCall } from '../calls/call-object.ts';
import type { LiveCalls } from '../calls/live-calls.ts';
import { readMonitorUrl } from '../calls/monitor-url.ts';
import type { VapiOptions } from '../config.ts';
import type { ChannelFilter } from '../messages/channel-filter.ts';
import type { MessageReceiver } from '../messages/receiver.ts';
import type { VapiApi } from '../rest/api.ts';
import { LOOKUP_DELAYS_MS } from '../rest/call-lookup.ts';
import type { CallRefresher } from '../rest/call-refresher.ts';
import { createTransportLeg, type TransportLeg } from './transport-leg.ts';

/** Transport calls at once. */
const MAX_TRANSPORT_CALLS = 200;

interface TransportCallsDeps {
  readonly host: ProviderHost;
  readonly options: Pick<VapiOptions, 'apiKey' | 'monitorHosts' | 'transport'>;
  readonly api: Pick<VapiApi, 'getCall'>;
  readonly calls: Pick<LiveCalls, 'subscribe' | 'notifyChanged'>;
  readonly filter: Pick<ChannelFilter, 'add'>;
  readonly receiver: MessageReceiver;
  readonly refresher: Pick<CallRefresher, 'check'>;
  readonly stopped: AbortSignal;
}

export interface TransportCalls {
  /** @throws {FaultError} LIMIT_EXCEEDED if there are too many transport calls. */
  assertCapacity(): void;
  /** Connects to a call that was created, in the background. */
  connect(created: VapiCall, format: AudioFormat): void;
  /** Returns whether the call is one of these, connected or connecting. */
  has(callId: ProviderCallId): boolean;
  /** Returns our leg of a call if it is connected. */
  get(callId: ProviderCallId): TransportLeg | undefined;
  /** Closes all legs, which ends their calls. */
  stop(): void;
}

/** Returns a registry without calls. The caller must stop it. */
export function createTransportCalls(deps: TransportCallsDeps): TransportCalls {
  const { host, options, stopped } = deps;
  const legs = new Map<ProviderCallId, TransportLeg>();

  function remove(callId: ProviderCallId): void {
    legs.delete(callId);
    deps.calls.notifyChanged(callId);
  }

  /** Returns the URL in a call object. It may be missing at first: the call is then requested again. */
  async function findUrl(created: VapiCall): Promise<URL | undefined> {
    const urlOf = (call: VapiCall): URL | undefined =>
      readMonitorUrl(call.websocketCallUrl, 'transport', call.id, options.monitorHosts);
    let call: VapiCall | undefined = created;
    for (const delayMs of LOOKUP_DELAYS_MS) {
      if (call?.websocketCallUrl !== undefined) return urlOf(call);
      if (delayMs > 0) await host.clock.delay(delayMs, stopped);
      if (stopped.aborted) return undefined;
      call = await deps.api.getCall(created.id, stopped, 'urgent').catch(() => undefined);
    }
    return call && urlOf(call);
  }

  function createLeg(callId: ProviderCallId, format: AudioFormat): TransportLeg {
    return createTransportLeg({
      host,
      providerCallId: callId,
      format,
      apiKey: options.transport.sendApiKey ? options.apiKey : undefined,
      receive: (message) => void deps.receiver.receive('socket', message, host.clock.now()),
      onEnd() {
        remove(callId);
        if (!stopped.aborted) void deps.refresher.check(callId);
      },
    });
  }

  async function connect(created: VapiCall, format: AudioFormat): Promise<void> {
    const callId = created.id as ProviderCallId;
    const leg = createLeg(callId, format);
    legs.set(callId, leg);
    deps.filter.add(callId);
    const url = await findUrl(created);
    if (url && legs.has(callId)) await leg.connect(url);
    if (url || stopped.aborted) return;
    host.log.warn('transport call not connected: it has no allowed URL', { providerCallId: callId });
    leg.stop('no URL to connect to');
    remove(callId);
  }

  deps.calls.subscribe({
    ended(callId) {
      legs.get(callId)?.stop('the call ended');
      legs.delete(callId);
    },
  });

  return {
    assertCapacity() {
      if (legs.size < MAX_TRANSPORT_CALLS) return;
      throw new FaultError(
        'LIMIT_EXCEEDED',
        `transport calls: at most ${MAX_TRANSPORT_CALLS} are supported at once`,
      );
    },
    connect: (created, format) => void connect(created, format),
    has: (callId) => legs.has(callId),
    get(callId) {
      const leg = legs.get(callId);
      return leg?.isOpen ? leg : undefined;
    },
    stop() {
      for (const leg of legs.values()) leg.stop('the provider stopped');
      legs.clear();
    },
  };
}
