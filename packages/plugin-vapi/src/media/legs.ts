/** The calls that were placed here over the WebSocket transport, and our end of each. */
import {
  FaultError,
  type CommandContext,
  type PlaceCallArguments,
  type ProviderCallId,
  type ProviderHost,
} from '@sidetone/core';
import { type AudioFormat } from '@sidetone/plugin-kit';
import type { VapiApi } from '../rest/api.ts';
import type { VapiCall } from '../calls/call-object.ts';
import type { VapiOptions } from '../config.ts';
import { LOCATE_DELAYS_MS } from '../rest/locator.ts';
import { readMonitorUrl } from '../calls/monitor-url.ts';
import { orderOf } from '../control/place-call.ts';
import { createTransportLeg, type TransportLeg } from './transport.ts';
import type { VapiMessage, VapiMessageType } from '../wire.ts';

/** Most calls that are joined at once. */
export const MAX_LEGS = 200;

export interface LegsDeps {
  readonly host: ProviderHost;
  readonly options: VapiOptions;
  readonly api: Pick<VapiApi, 'createCall' | 'getCall'>;
  readonly life: AbortSignal;
  readonly receive: (callId: ProviderCallId, message: VapiMessage) => void;
  /** Asks how a call stands. Never rejects. */
  readonly confirm: (callId: ProviderCallId) => Promise<unknown>;
  /** Whether there is a leg, or whether it is open, has changed. */
  readonly onChange: (callId: ProviderCallId) => void;
}

/** How long after its end a call's channels are told apart, ms. */
const FORGET_CHANNELS_MS = 60_000;

export type Channel = 'webhook' | 'socket';

export interface Legs {
  /** @throws {FaultError} INPUT_INVALID, or of kind `provider`. */
  place(
    args: PlaceCallArguments,
    context: CommandContext,
    takeIn: (call: VapiCall, askedAt: number) => Promise<void>,
  ): Promise<ProviderCallId>;
  /** Whether the call is one of ours, connected or about to be. */
  has(callId: ProviderCallId): boolean;
  /** Our end of a call, if it is connected. */
  get(callId: ProviderCallId): TransportLeg | undefined;
  /**
   * Whether a message of this type is to be taken from this channel. A call that we joined tells the same over its
   * socket and by webhooks: of each type the channel counts that brought the first, so that nothing is told twice.
   */
  takes(callId: ProviderCallId, channel: Channel, type: VapiMessageType): boolean;
  /** The call is over. */
  end(callId: ProviderCallId): void;
  stop(): void;
}

/** Types that are news each time they come; of the others a second telling is no news. */
const TOLD_ONCE: ReadonlySet<VapiMessageType> = new Set([
  'transcript',
  'speech-update',
  'transfer-update',
  'hang',
  'conversation-update',
]);

/** No legs yet. Whoever makes them stops them. */
export function createLegs(deps: LegsDeps): Legs {
  const { host, api, options, life } = deps;
  const legs = new Map<ProviderCallId, TransportLeg>();
  const channels = new Map<ProviderCallId, Map<VapiMessageType, Channel>>();

  function forget(callId: ProviderCallId): void {
    legs.delete(callId);
    deps.onChange(callId);
  }

  function addressIn(call: VapiCall): URL | undefined {
    return readMonitorUrl(call.websocketCallUrl, 'transport', call.id, options.monitorHosts);
  }

  /** The address in the answer to the creation or, as it may come later, to the next questions. */
  async function findAddress(created: VapiCall): Promise<URL | undefined> {
    let call: VapiCall | undefined = created;
    for (const delayMs of LOCATE_DELAYS_MS) {
      if (call?.websocketCallUrl !== undefined) return addressIn(call);
      if (delayMs > 0) await host.clock.delay(delayMs, life);
      if (life.aborted) return undefined;
      call = await api.getCall(created.id, life, 'urgent').catch(() => undefined);
    }
    return call && addressIn(call);
  }

  async function join(created: VapiCall, format: AudioFormat): Promise<void> {
    const callId = created.id as ProviderCallId;
    const leg = createTransportLeg({
      host,
      providerCallId: callId,
      format,
      apiKey: options.transport.sendApiKey ? options.apiKey : undefined,
      receive: (message) => deps.receive(callId, message),
      onEnd: () => {
        forget(callId);
        if (!life.aborted) void deps.confirm(callId);
      },
    });
    legs.set(callId, leg);
    channels.set(callId, new Map());
    const url = await findAddress(created);
    if (url && legs.has(callId)) await leg.join(url);
    if (url || life.aborted) return;
    host.log.warn('a call cannot be joined: it has no address that the configuration allows', {
      providerCallId: callId,
    });
    leg.stop('there is no address to join');
    forget(callId);
  }

  return {
    async place(args, { signal }, takeIn) {
      const order = orderOf(args);
      if (order.join && legs.size >= MAX_LEGS) throw tooMany();
      const askedAt = host.clock.now();
      const call = await api.createCall(order.body, AbortSignal.any([signal, life]));
      if (order.join) void join(call, order.join);
      await takeIn(call, askedAt);
      return call.id as ProviderCallId;
    },
    has: (callId) => legs.has(callId),
    get(callId) {
      const leg = legs.get(callId);
      return leg?.isOpen ? leg : undefined;
    },
    takes(callId, channel, type) {
      const told = channels.get(callId);
      if (!told || !TOLD_ONCE.has(type)) return true;
      if (!told.has(type)) told.set(type, channel);
      return told.get(type) === channel;
    },
    end(callId) {
      legs.get(callId)?.stop('the call ended');
      legs.delete(callId);
      if (!channels.has(callId)) return;
      // Webhooks that are on their way are still told apart, for a while.
      void host.clock.delay(FORGET_CHANNELS_MS, life).then(() => channels.delete(callId));
    },
    stop() {
      for (const leg of legs.values()) leg.stop('the provider stopped');
      legs.clear();
      channels.clear();
    },
  };
}

const tooMany = (): FaultError =>
  new FaultError('LIMIT_EXCEEDED', `at most ${MAX_LEGS} calls are joined at once`);
