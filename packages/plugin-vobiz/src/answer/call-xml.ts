/**
 * The XML that a call gets, with the addresses and the token that belong to it. A caller waits for each of these: what has
 * to be written down for it is not waited for long.
 */
import { definedFields } from '@sidetone/plugin-kit';
import { type ProviderCallId, type ProviderEvent, type ProviderHost } from '@sidetone/core';
import { agentAnswer, HANGUP_ANSWER, tapAnswer, type Dialling, type Speech, type Tap } from './answer-xml.ts';
import type { Calls } from '../calls/call-tracker.ts';
import type { FallbackOptions, VobizOptions } from '../config.ts';
import { keptSoon } from '../calls/durable-state.ts';
import type { Relays } from '../relay/relays.ts';
import type { StreamOrigin, StreamTokens } from '../stream/stream-tokens.ts';
import type { TransferOrder } from '../control/transfer-order.ts';
import { withPlus } from '../translate.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';

export interface CallXmlDeps {
  readonly host: ProviderHost;
  readonly options: Pick<VobizOptions, 'contentType' | 'speak'>;
  readonly tokens: Pick<StreamTokens, 'issue'>;
  readonly calls: Pick<Calls, 'takeIn'>;
  /** In agent mode. */
  readonly relays: Pick<Relays, 'expect' | 'release'> | undefined;
}

/** How somebody was ordered to be dialled. */
export interface TransferTaken {
  readonly order: TransferOrder;
  readonly commandId?: string;
  /** Whether it is asked for again. */
  readonly isRepeated: boolean;
}

export interface CallXml {
  /** The stream of a call that we answered or joined. */
  tap(callId: ProviderCallId, origin: StreamOrigin): Promise<Tap>;
  /** Heard, and connected. */
  dialled(callId: ProviderCallId, to: string, callerId: string | undefined): Promise<string>;
  /** Connected with the agent, by a two-way stream. */
  agent(webhook: VobizWebhook): Promise<string>;
  /** What the options say for a call that cannot be handled as it should be; the end of it where they say nothing. */
  fallback(callId: ProviderCallId, fallback: FallbackOptions, callerId: string | undefined): Promise<string>;
  /** Heard, and connected with whom a transfer is for. That it is asked for is the proof that it takes place. */
  transferred(callId: ProviderCallId, taken: TransferTaken): Promise<string>;
}

/** The XML of an instance's calls. */
export function createCallXml({ host, options, tokens, calls, relays }: CallXmlDeps): CallXml {
  const callbackUrl = host.publicUrl('events');
  const statusCallbackUrl = host.publicUrl('stream-status');
  const { contentType } = options;

  async function tap(callId: ProviderCallId, origin: StreamOrigin): Promise<Tap> {
    const streamUrl = host.publicUrl(`stream/${await tokens.issue(callId, origin)}`);
    streamUrl.protocol = streamUrl.protocol === 'https:' ? 'wss:' : 'ws:';
    return { streamUrl, statusCallbackUrl, contentType };
  }

  /** A fork: what opens for the call from now on is no stream of the agent's. */
  async function tapInstead(callId: ProviderCallId): Promise<Tap> {
    const released = relays && keptSoon(host, relays.release(callId));
    const [fork] = await Promise.all([tap(callId, 'answered'), released]);
    return fork;
  }

  const diallingOf = (to: string, callerId: string | undefined): Dialling => ({
    to,
    callbackUrl,
    ...definedFields({ callerId }),
  });
  const speechOf = (text: string | undefined): Speech | undefined =>
    text === undefined ? undefined : { text, ...options.speak };

  return {
    tap,
    dialled: async (callId, to, callerId) =>
      tapAnswer(await tap(callId, 'answered'), diallingOf(to, callerId)),
    async agent({ callId: id, from, to }) {
      const callId = id as ProviderCallId;
      const told = definedFields({ from: withPlus(from), to: withPlus(to) });
      const expected = relays && keptSoon(host, relays.expect(callId, told));
      const [stream] = await Promise.all([tap(callId, 'answered'), expected]);
      return agentAnswer(stream, host.publicUrl('after-stream'));
    },
    async fallback(callId, fallback, callerId) {
      const fork = await tapInstead(callId);
      if (!fallback) return HANGUP_ANSWER;
      const { say, dial } = fallback;
      return tapAnswer(fork, dial === undefined ? undefined : diallingOf(dial, callerId), speechOf(say));
    },
    async transferred(callId, { order, commandId, isRepeated }) {
      const { to, content, ...dialling } = order;
      const xml = tapAnswer(await tapInstead(callId), { to, callbackUrl, ...dialling }, speechOf(content));
      const started: ProviderEvent = {
        providerCallId: callId,
        occurredAt: host.clock.now(),
        ...(commandId !== undefined && { dedupeKey: `transfer:${commandId}` }),
        type: 'transfer.started',
        destination: to,
      };
      if (!isRepeated) await calls.takeIn(callId, [started]);
      return xml;
    },
  };
}
