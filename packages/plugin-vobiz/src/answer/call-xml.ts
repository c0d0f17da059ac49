/**
 * Builds the XML of a call, with its URLs and its stream token. A caller is waiting for each document, so writes to the
 * durable state are awaited for a short time only.
 */
import type { ProviderCallId, ProviderEvent, ProviderHost } from '@sidetone/core';
import { definedFields } from '@sidetone/plugin-kit';
import { eventBase } from '../calls/call-events.ts';
import type { CallTracker } from '../calls/call-tracker.ts';
import { boundedWrite } from '../calls/durable-state.ts';
import type { FallbackOptions, VobizOptions } from '../config.ts';
import type { Relays } from '../relay/relays.ts';
import type { SplitTracks } from '../stream/split-tracks.ts';
import type { StreamOrigin, StreamTokens } from '../stream/stream-tokens.ts';
import { withPlus } from '../translate.ts';
import type { VobizWebhook } from '../webhook/webhook-form.ts';
import { agentAnswer, HANGUP_ANSWER, tapAnswer, type Dialling, type Speech, type Tap } from './answer-xml.ts';
import type { DialOrder } from './dial-order.ts';

interface CallXmlDeps {
  readonly host: ProviderHost;
  readonly options: Pick<VobizOptions, 'contentType' | 'speak'>;
  readonly tokens: Pick<StreamTokens, 'issue'>;
  readonly calls: Pick<CallTracker, 'emit'>;
  readonly splitTracks: Pick<SplitTracks, 'isSplit'>;
  /** Defined in agent mode. */
  readonly relays: Pick<Relays, 'expect' | 'release'> | undefined;
}

/** A dial order whose XML Vobiz requests. */
export interface TakenOrder {
  readonly order: DialOrder;
  readonly commandId?: string;
  /** Whether the XML was requested before. */
  readonly isRepeated: boolean;
}

export interface CallXml {
  /** Returns the one-way stream of a call that was answered by, or attached to, this instance. */
  tap(callId: ProviderCallId, origin: StreamOrigin): Promise<Tap>;
  /** Forks the audio and dials. */
  dialled(callId: ProviderCallId, to: string, callerId: string | undefined): Promise<string>;
  /** Connects the call to the agent over a two-way stream. */
  agent(webhook: VobizWebhook): Promise<string>;
  /** Continues with the fallback of the options, or ends the call if there is none. */
  fallback(callId: ProviderCallId, fallback: FallbackOptions, callerId: string | undefined): Promise<string>;
  /** Forks the audio and dials the target of a transfer. Emits `transfer.started`: the request shows that it takes place. */
  transferred(callId: ProviderCallId, taken: TakenOrder): Promise<string>;
}

/** Creates the builder of the XML of an instance. */
export function createCallXml({ host, options, tokens, calls, splitTracks, relays }: CallXmlDeps): CallXml {
  const { contentType } = options;

  async function tap(callId: ProviderCallId, origin: StreamOrigin): Promise<Tap> {
    return {
      streamUrl: host.publicUrl(`stream/${await tokens.issue(callId, origin)}`, 'ws'),
      statusCallbackUrl: host.publicUrl('stream-status'),
      contentType,
      isSplit: splitTracks.isSplit,
    };
  }

  /** Returns a one-way stream; sockets that open for the call from now on are not relayed to the agent. */
  async function tapOnly(callId: ProviderCallId): Promise<Tap> {
    const released = relays && boundedWrite(host, relays.release(callId));
    const [fork] = await Promise.all([tap(callId, 'answered'), released]);
    return fork;
  }

  const diallingOf = (to: string, callerId: string | undefined): Dialling => ({
    to,
    // Read for each call: the port may be known only once the daemon listens.
    callbackUrl: host.publicUrl('events'),
    ...definedFields({ callerId }),
  });
  const speechOf = (text: string | undefined): Speech | undefined =>
    text === undefined ? undefined : { text, ...options.speak };

  return {
    tap,
    dialled: async (callId, to, callerId) =>
      tapAnswer(await tap(callId, 'answered'), diallingOf(to, callerId)),
    async agent({ callId: id, from, to, direction }) {
      const callId = id as ProviderCallId;
      const parties = definedFields({ from: withPlus(from), to: withPlus(to), direction });
      const expected = relays && boundedWrite(host, relays.expect(callId, parties));
      const [stream] = await Promise.all([tap(callId, 'answered'), expected]);
      return agentAnswer(stream, host.publicUrl('after-stream'));
    },
    async fallback(callId, fallback, callerId) {
      const fork = await tapOnly(callId);
      if (!fallback) return HANGUP_ANSWER;
      const { say, dial } = fallback;
      return tapAnswer(fork, dial === undefined ? undefined : diallingOf(dial, callerId), speechOf(say));
    },
    async transferred(callId, { order, commandId, isRepeated }) {
      const { to, content, ...dialling } = order;
      const target = { ...diallingOf(to, undefined), ...dialling };
      const xml = tapAnswer(await tapOnly(callId), target, speechOf(content));
      const started: ProviderEvent = {
        ...eventBase(callId, host.clock.now()),
        ...(commandId !== undefined && { dedupeKey: `transfer:${commandId}` }),
        type: 'transfer.started',
        destination: to,
      };
      if (!isRepeated) await calls.emit([started]);
      return xml;
    },
  };
}
