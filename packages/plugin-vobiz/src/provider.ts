/** One running instance: the account's calls, and what connects its parts. */
import {
  askForEach,
  isFault,
  messageOf,
  present,
  type Capability,
  type CommandContext,
  type PlaceCallArguments,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
  type Socket,
} from '@sidetone/core';
import { EMPTY_ANSWER, tapAnswer, type Tap } from './answer-xml.ts';
import { backfill } from './backfill.ts';
import { decodeCdr, translateCdr } from './cdr.ts';
import { createVobizApi } from './api.ts';
import type { VobizOptions } from './config.ts';
import { createControls } from './controls.ts';
import { createIngress } from './ingress.ts';
import { createStreamSession, type StreamSession } from './session.ts';
import { orderOf } from './place-call.ts';
import { createTransferGrants } from './transfer-grants.ts';
import { createStreamTokens } from './stream-tokens.ts';
import { announce, translateDtmf, translateGone, translateStart, translateWebhook } from './translate.ts';
import { createWebhookAuth } from './webhook-auth.ts';
import type { VobizWebhook } from './webhook-form.ts';
import { formatOf, type MediaFormat } from './wire.ts';

/** How many ended calls are remembered, so that a late answer webhook does not bring one back. */
export const MAX_ENDED_CALLS = 2000;

/** What can be done to a call that was answered; before that it can only be ended. */
const STEERING: readonly Capability[] = [
  'SAY',
  'TRANSFER',
  'END_CALL',
  'SEND_DTMF',
  'PLAY_AUDIO',
  'CLEAR_AUDIO',
];
const BEFORE_ANSWER: readonly Capability[] = ['END_CALL'];

interface OpenSocket {
  readonly callId: ProviderCallId;
  session?: StreamSession;
}

/** Makes an instance. Does nothing until it is started. */
export function createProvider(options: VobizOptions, host: ProviderHost): Provider {
  const life = new AbortController();
  const api = createVobizApi({
    host,
    baseUrl: options.apiBaseUrl,
    authId: options.authId,
    authToken: options.authToken,
  });
  const tokens = createStreamTokens(host);
  const grants = createTransferGrants(host);
  const sockets = new Set<OpenSocket>();
  const ended = new Set<string>();

  async function takeIn(callId: ProviderCallId, events: readonly ProviderEvent[]): Promise<void> {
    if (life.signal.aborted) return;
    for (const event of events) host.emit(event);
    if (events.some(({ type }) => type === 'call.ended')) await bury(callId);
  }

  async function bury(callId: ProviderCallId): Promise<void> {
    ended.add(callId);
    const oldest = ended.size > MAX_ENDED_CALLS ? ended.values().next().value : undefined;
    if (oldest !== undefined) ended.delete(oldest);
    for (const socket of sockets) if (socket.callId === callId) socket.session?.stop('the call ended');
    await tokens.revoke(callId);
    await grants.revoke(callId);
  }

  async function receive(webhook: VobizWebhook, receivedAt: number): Promise<void> {
    const callId = webhook.callId as ProviderCallId;
    const events = translateWebhook(webhook, receivedAt);
    // Webhooks carry no time of their own: one that was late would date the answer after the end.
    await takeIn(callId, ended.has(callId) ? events.filter(({ type }) => type !== 'call.started') : events);
  }

  /** The fork of a call's audio. */
  async function tapOf(callId: ProviderCallId): Promise<Tap> {
    const streamUrl = host.publicUrl(`stream/${await tokens.issue(callId)}`);
    streamUrl.protocol = streamUrl.protocol === 'https:' ? 'wss:' : 'ws:';
    const statusCallbackUrl = host.publicUrl('stream-status');
    return { streamUrl, statusCallbackUrl, contentType: options.contentType };
  }

  async function answer(callId: ProviderCallId): Promise<string> {
    if (ended.has(callId)) return EMPTY_ANSWER;
    const { dial: to, callerId } = options.answer;
    const callbackUrl = host.publicUrl('events');
    return tapAnswer(await tapOf(callId), { to, callbackUrl, ...present({ callerId }) });
  }

  /** The XML of a transfer, whose fetching is the proof that it takes place. The stream of the XML before ends by it. */
  async function transfer(token: string, callId: ProviderCallId): Promise<string | undefined> {
    const taken = await grants.take(token, callId);
    if (!taken) return undefined;
    const { order, commandId, isRepeated } = taken;
    const { to, content, ...dialling } = order;
    const xml = tapAnswer(
      await tapOf(callId),
      { to, callbackUrl: host.publicUrl('events'), ...dialling },
      content === undefined ? undefined : { text: content, ...options.speak },
    );
    if (!isRepeated) {
      const event = { providerCallId: callId, occurredAt: host.clock.now(), destination: to } as const;
      await takeIn(callId, [{ ...event, dedupeKey: `transfer:${commandId}`, type: 'transfer.started' }]);
    }
    return xml;
  }

  async function placeCall(args: PlaceCallArguments, { signal }: CommandContext): Promise<ProviderCallId> {
    const { to, from, body } = orderOf(args, options.from, {
      answer: host.publicUrl('answer'),
      hangup: host.publicUrl('hangup'),
      ring: host.publicUrl('ring'),
      events: host.publicUrl('events'),
    });
    const callId = (await api.makeCall(body, AbortSignal.any([signal, life.signal]))) as ProviderCallId;
    // Its first webhooks may have been faster.
    const news = announce(callId, host.clock.now(), { status: 'queued', direction: 'outbound', from, to });
    if (!ended.has(callId)) await takeIn(callId, [news]);
    return callId;
  }

  function openSession(callId: ProviderCallId, socket: Socket): void {
    const emit = (events: readonly ProviderEvent[]): void => {
      if (!life.signal.aborted) for (const event of events) host.emit(event);
    };
    const entry: OpenSocket = { callId };
    sockets.add(entry);
    entry.session = createStreamSession(socket, {
      host,
      providerCallId: callId,
      byteOrder: options.l16ByteOrder,
      fallbackFormat: formatOf(options.contentType) as MediaFormat,
      onStart: (message) => emit(translateStart(callId, message, host.clock.now())),
      onDtmf: (message) => emit(translateDtmf(callId, message, host.clock.now())),
      onClose: () => sockets.delete(entry),
    });
  }

  /** How a call ended that is no longer live: by its record, or, without one, for no reason that is known. */
  async function endOf(callId: ProviderCallId, signal: AbortSignal): Promise<readonly ProviderEvent[]> {
    try {
      const record = await api.getCdr(callId, AbortSignal.any([signal, life.signal]));
      const call = record && decodeCdr(record);
      if (call?.callId === callId) return translateCdr(call);
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      host.log.debug('the record of a call could not be asked for', { providerCallId: callId, code });
    }
    return [translateGone(callId, host.clock.now())];
  }

  /** Asks how a call stands and takes in the answer. */
  async function refresh(callId: ProviderCallId, signal: AbortSignal): Promise<void> {
    const call = await api.getLiveCall(callId, AbortSignal.any([signal, life.signal]));
    // A hangup may have come while the answer was on its way: the answer is then the older news.
    if (ended.has(callId)) return;
    if (call) return takeIn(callId, [announce(callId, host.clock.now(), call)]);
    const end = await endOf(callId, signal);
    if (!ended.has(callId)) await takeIn(callId, end);
  }

  return {
    async start() {
      await tokens.load();
      await grants.load();
    },
    stop() {
      life.abort();
      for (const { session } of sockets) session?.stop('the provider stopped');
      return Promise.resolve();
    },
    controls: createControls({
      api,
      speak: options.speak,
      grants,
      transferUrl: (token) => host.publicUrl(`transfer/${token}`),
      callerId: options.answer.callerId ?? options.from,
    }),
    placeCall,
    controlsFor({ status, providerCallId }) {
      if (status === 'ENDED') return [];
      const steering = status === 'QUEUED' || status === 'RINGING' ? BEFORE_ANSWER : STEERING;
      return tokens.has(providerCallId) ? [...steering, 'LISTEN'] : steering;
    },
    ingress: createIngress({
      authenticate: createWebhookAuth(options, host),
      receive,
      answer,
      transfer,
      hasTransfer: (token) => grants.has(token),
      callOf: (token) => tokens.callOf(token),
      openSession,
    }),
    reconcile: (stale, signal) =>
      askForEach(host.clock, stale, signal, ({ providerCallId }) => refresh(providerCallId, signal)),
    backfill: (request, signal) => backfill({ api, host }, request, AbortSignal.any([signal, life.signal])),
    health: (signal) => api.check(AbortSignal.any([signal, life.signal])),
  };
}
