/** One running instance: the account's calls, and what connects its parts. */
import {
  askForEach,
  isFault,
  messageOf,
  type Capability,
  type ControlledCall,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { createVapiApi } from './api.ts';
import type { VapiCall } from './call-object.ts';
import type { VapiOptions } from './config.ts';
import { createControls } from './controls.ts';
import { createIngress } from './ingress.ts';
import { createLiveCalls } from './live-calls.ts';
import { createListenSession } from './session.ts';
import { translateCall } from './call-events.ts';
import { translate } from './translate.ts';
import type { VapiMessage } from './wire.ts';

/** Makes an instance. Does nothing until it is started. */
export function createProvider(options: VapiOptions, host: ProviderHost): Provider {
  const life = new AbortController();
  const api = createVapiApi({
    host,
    baseUrl: options.apiBaseUrl,
    apiKey: options.apiKey,
    publicKey: options.publicKey,
  });
  let stopListening: (() => void) | undefined;

  const calls = createLiveCalls({
    host,
    monitorHosts: options.monitorHosts,
    createSession: (callId) =>
      createListenSession({
        host,
        providerCallId: callId,
        publicKey: options.publicKey,
        listenUrl() {
          const url = calls.address(callId, 'listen');
          return url instanceof URL ? url : undefined;
        },
        isConnected() {
          const { status } = calls.known(callId);
          return status === 'IN_PROGRESS' || status === 'FORWARDING';
        },
        confirm: () => refresh(callId, life.signal).catch((error: unknown) => logFailure(callId, error)),
      }),
  });

  function logFailure(callId: ProviderCallId, error: unknown): void {
    host.log.debug('a call could not be asked for', {
      providerCallId: callId,
      code: isFault(error) ? error.code : messageOf(error),
    });
  }

  async function takeIn(
    callId: ProviderCallId,
    events: readonly ProviderEvent[],
    call: VapiCall | undefined,
  ): Promise<void> {
    if (life.signal.aborted) return;
    for (const event of events) host.emit(event);
    await calls.observe(callId, events, call);
  }

  async function receive(message: VapiMessage, receivedAt: number): Promise<void> {
    const callId = message.callId as ProviderCallId | undefined;
    if (message.type === 'other') host.log.debug('a webhook tells nothing for us', { type: message.name });
    if (callId === undefined) return;
    await takeIn(callId, translate(message, { receivedAt, known: calls.known(callId) }), message.call);
  }

  /** Asks how a call stands and takes in the answer. */
  async function refresh(callId: ProviderCallId, signal: AbortSignal): Promise<'live' | 'over'> {
    const call = await api.getCall(callId, AbortSignal.any([signal, life.signal]));
    // A webhook may have told the end while the answer was on its way: the answer is then the older news.
    if (calls.known(callId).status === 'ENDED') return 'over';
    const now = host.clock.now();
    const events: readonly ProviderEvent[] = call
      ? translateCall(call, now, calls.known(callId))
      : [
          {
            providerCallId: callId,
            occurredAt: now,
            type: 'call.ended',
            end: { category: 'UNKNOWN', message: 'Vapi does not know this call.' },
          },
        ];
    await takeIn(callId, events, call);
    return events.some(({ type }) => type === 'call.ended') ? 'over' : 'live';
  }

  function controlsFor({ providerCallId, status }: ControlledCall): readonly Capability[] {
    // Before and after, Vapi answers that the call is not active.
    if (status !== 'IN_PROGRESS' && status !== 'FORWARDING') return [];
    const canSteer = calls.address(providerCallId, 'control') !== 'none';
    const canHear = calls.address(providerCallId, 'listen') instanceof URL;
    return [...(canSteer ? (['SAY', 'END_CALL'] as const) : []), ...(canHear ? (['LISTEN'] as const) : [])];
  }

  return {
    async start() {
      await calls.load();
      stopListening = host.onWantsChange((callId) => calls.update(callId));
    },
    stop() {
      life.abort();
      stopListening?.();
      calls.stop();
      return Promise.resolve();
    },
    controls: createControls({ api, address: (callId) => calls.address(callId, 'control'), refresh }),
    controlsFor,
    ingress: createIngress({ secret: options.webhook.secret, receive }),
    reconcile: (stale, signal) =>
      askForEach(host.clock, stale, signal, ({ providerCallId }) => refresh(providerCallId, signal)),
    health: (signal) => api.check(AbortSignal.any([signal, life.signal])),
  };
}
