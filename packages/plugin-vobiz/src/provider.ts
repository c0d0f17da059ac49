/** One running instance: the account's calls, and what connects its parts. */
import {
  askForEach,
  type Capability,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
  type Socket,
} from '@sidetone/core';
import { EMPTY_ANSWER, tapAnswer } from './answer-xml.ts';
import { createVobizApi } from './api.ts';
import type { VobizOptions } from './config.ts';
import { createControls } from './controls.ts';
import { createIngress } from './ingress.ts';
import { createStreamSession, type StreamSession } from './session.ts';
import { createStreamTokens } from './stream-tokens.ts';
import { announce, translateDtmf, translateGone, translateStart, translateWebhook } from './translate.ts';
import type { VobizWebhook } from './webhook-form.ts';
import { formatOf, type MediaFormat } from './wire.ts';

/** How many ended calls are remembered, so that a late answer webhook does not bring one back. */
export const MAX_ENDED_CALLS = 2000;

const STEERING: readonly Capability[] = ['SAY', 'END_CALL'];

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
  }

  async function receive(webhook: VobizWebhook, receivedAt: number): Promise<void> {
    const callId = webhook.callId as ProviderCallId;
    const events = translateWebhook(webhook, receivedAt);
    // Webhooks carry no time of their own: one that was late would date the answer after the end.
    await takeIn(callId, ended.has(callId) ? events.filter(({ type }) => type !== 'call.started') : events);
  }

  async function answer(callId: ProviderCallId): Promise<string> {
    if (ended.has(callId)) return EMPTY_ANSWER;
    const { dial, callerId } = options.answer;
    const streamUrl = host.publicUrl(`stream/${await tokens.issue(callId)}`);
    streamUrl.protocol = streamUrl.protocol === 'https:' ? 'wss:' : 'ws:';
    return tapAnswer({
      streamUrl,
      statusCallbackUrl: host.publicUrl('stream-status'),
      contentType: options.contentType,
      dial,
      ...(callerId !== undefined && { callerId }),
    });
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

  /** Asks how a call stands and takes in the answer. */
  async function refresh(callId: ProviderCallId, signal: AbortSignal): Promise<void> {
    const call = await api.getLiveCall(callId, AbortSignal.any([signal, life.signal]));
    // A hangup may have come while the answer was on its way: the answer is then the older news.
    if (ended.has(callId)) return;
    const now = host.clock.now();
    await takeIn(callId, [call ? announce(callId, now, call) : translateGone(callId, now)]);
  }

  return {
    start: () => tokens.load(),
    stop() {
      life.abort();
      for (const { session } of sockets) session?.stop('the provider stopped');
      return Promise.resolve();
    },
    controls: createControls(api),
    controlsFor: ({ status, providerCallId }) =>
      status === 'ENDED' ? [] : tokens.has(providerCallId) ? [...STEERING, 'LISTEN'] : STEERING,
    ingress: createIngress({ receive, answer, callOf: (token) => tokens.callOf(token), openSession }),
    reconcile: (stale, signal) =>
      askForEach(host.clock, stale, signal, ({ providerCallId }) => refresh(providerCallId, signal)),
    health: (signal) => api.check(AbortSignal.any([signal, life.signal])),
  };
}
