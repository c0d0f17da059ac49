/** One running instance: the account's calls, and what connects its parts. */
import { forEachCall, abortOnStop } from '@sidetone/plugin-kit';
import {
  FaultError,
  isFault,
  messageOf,
  type Capability,
  type CommandContext,
  type CommandId,
  type ControlledCall,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { createVapiApi, type Urgency } from './rest/api.ts';
import { backfill } from './rest/backfill.ts';
import { isOver, translateCall } from './calls/call-events.ts';
import type { VapiCall } from './calls/call-object.ts';
import type { VapiOptions } from './config.ts';
import { createConfirmations } from './control/confirmations.ts';
import { createControls } from './control/controls.ts';
import { createForwarder } from './webhook/forwarder.ts';
import { createIngress } from './ingress.ts';
import { createLegs } from './media/legs.ts';
import { createLiveCalls } from './calls/live-calls.ts';
import { createLocator } from './rest/locator.ts';
import { createListenSession } from './session.ts';
import { runSweeps } from './rest/sweep.ts';
import { translate } from './translate.ts';
import { createWebhookAuth } from './webhook/webhook-auth.ts';
import type { VapiMessage } from './wire.ts';

/** When a call that was told to end is looked at, ms later, if nobody said meanwhile that it did. */
export const WATCH_END_MS = [2000, 5000] as const;

/** What every call that its address tells can be asked for. */
const CONTROLS = [
  'SAY',
  'ADD_MESSAGE',
  'MUTE_ASSISTANT',
  'MUTE_CUSTOMER',
  'SAY_FIRST_MESSAGE',
  'TRANSFER',
  'HANDOFF',
  'END_CALL',
] as const satisfies readonly Capability[];

/** Makes an instance. Does nothing until it is started. */
export function createProvider(options: VapiOptions, host: ProviderHost): Provider {
  const life = new AbortController();
  const api = createVapiApi({
    host,
    baseUrl: options.apiBaseUrl,
    apiKey: options.apiKey,
    publicKey: options.publicKey,
    controlTimeoutMs: options.control.timeoutMs,
  });
  const confirmations = createConfirmations();
  let stopListening: (() => void) | undefined;
  let sweeps = Promise.resolve();

  const calls = createLiveCalls({
    host,
    monitorHosts: options.monitorHosts,
    onLoaded: (callId) => confirmations.adopt(callId),
    createSession: (callId) =>
      createListenSession({
        host,
        providerCallId: callId,
        publicKey: options.publicKey,
        options: options.listen,
        listenUrl() {
          const url = calls.address(callId, 'listen');
          return url instanceof URL ? url : undefined;
        },
        isConnected() {
          const { status } = calls.known(callId);
          // What we are a side of ourselves is heard without listening.
          return (status === 'IN_PROGRESS' || status === 'FORWARDING') && !legs.has(callId);
        },
        locate: () => {
          if (calls.address(callId, 'listen') === 'untold') locator.begin(callId);
        },
        confirm: () => confirm(callId),
      }),
  });

  const locator = createLocator({
    clock: host.clock,
    life: life.signal,
    isTold: (callId) => calls.address(callId, 'control') !== 'untold' && calls.isDescribed(callId),
    ask: (callId, signal, urgency) => refresh(callId, signal, urgency),
  });

  const legs = createLegs({
    host,
    options,
    api,
    life: life.signal,
    receive: (callId, message) => {
      void receiveFrom('socket', message, host.clock.now());
      calls.update(callId);
    },
    confirm,
    onChange: (callId) => calls.update(callId),
  });

  const forwarder =
    options.forwardWebhooksTo &&
    createForwarder({
      host,
      url: options.forwardWebhooksTo,
      options: options.forward,
      onDown(callId) {
        // A notice about a call that nobody knows would begin it.
        if (callId === undefined || !calls.known(callId).isKnown || life.signal.aborted) return;
        host.emit({
          type: 'notice',
          providerCallId: callId,
          occurredAt: host.clock.now(),
          code: 'VAPI_APPLICATION_UNREACHABLE',
          message: 'The application that webhooks are forwarded to does not take them.',
        });
      },
    });

  function confirm(callId: ProviderCallId): Promise<unknown> {
    return refresh(callId, life.signal).catch((error: unknown) =>
      host.log.debug('a call could not be asked for', {
        providerCallId: callId,
        code: isFault(error) ? error.code : messageOf(error),
      }),
    );
  }

  async function takeIn(
    callId: ProviderCallId,
    events: readonly ProviderEvent[],
    call: VapiCall | undefined,
  ): Promise<void> {
    if (life.signal.aborted) return;
    for (const event of events) host.emit(event);
    if (events.some(({ type }) => type === 'call.ended')) {
      confirmations.forget(callId);
      legs.end(callId);
    }
    await calls.observe(callId, events, call);
  }

  function confirmCommands(callId: ProviderCallId, commandIds: readonly CommandId[], at: number): void {
    for (const commandId of commandIds) {
      const event = { providerCallId: callId, occurredAt: at, dedupeKey: `confirmed:${commandId}` };
      host.emit({ ...event, type: 'command.confirmed', commandId });
    }
  }

  /** What a message shows about commands that were given before. */
  function lookForEvidence(callId: ProviderCallId, message: VapiMessage): void {
    if (life.signal.aborted || !calls.known(callId).isKnown) return;
    const now = host.clock.now();
    if (message.type === 'conversation-update') {
      confirmCommands(callId, confirmations.shownBy(callId, message.history, now), message.timestamp ?? now);
    }
    if (message.type === 'assistant.speechStarted' && message.source === 'force-say') {
      confirmCommands(callId, confirmations.shownBySpeech(callId, message.text), message.timestamp ?? now);
    }
  }

  async function receiveFrom(
    channel: 'webhook' | 'socket',
    message: VapiMessage,
    receivedAt: number,
  ): Promise<void> {
    const callId = message.callId as ProviderCallId | undefined;
    if (message.type === 'other') host.log.debug('a webhook tells nothing for us', { type: message.name });
    if (callId === undefined || !legs.takes(callId, channel, message.type)) return;
    const known = calls.known(callId);
    const events = translate(message, { receivedAt, known, isAnswered: forwarder !== undefined });
    if (events.length > 0 || message.call) await takeInMessage(callId, events, message);
    if (known.status !== 'ENDED') lookForEvidence(callId, message);
    const isBareId = known.isKnown !== true && message.type === 'other';
    if (isBareId || !calls.isDescribed(callId)) locator.begin(callId);
  }

  async function takeInMessage(
    callId: ProviderCallId,
    events: readonly ProviderEvent[],
    message: VapiMessage,
  ): Promise<void> {
    // Late news about a call that nobody knows here must not make it live.
    const isAside = events.length === 0 && calls.known(callId).isKnown !== true;
    if (!isAside) await takeIn(callId, events, message.call);
  }

  /** Asks how a call stands and takes in the answer. */
  async function refresh(
    callId: ProviderCallId,
    signal: AbortSignal,
    urgency: Urgency = 'urgent',
    endUnknown = calls.known(callId).isKnown === true,
  ): Promise<'live' | 'over'> {
    const askedAt = host.clock.now();
    const call = await api.getCall(callId, AbortSignal.any([signal, life.signal]), urgency);
    // A webhook may have told the end while the answer was on its way: the answer is then the older news.
    if (calls.known(callId).status === 'ENDED') return 'over';
    if (call) {
      await takeInCall(call, askedAt);
    } else if (endUnknown) {
      const end = { category: 'UNKNOWN', message: 'Vapi does not know this call.' } as const;
      const event = {
        type: 'call.ended',
        providerCallId: callId,
        occurredAt: host.clock.now(),
        end,
      } as const;
      await takeIn(callId, [event], undefined);
    }
    return !call || calls.known(callId).status === 'ENDED' ? 'over' : 'live';
  }

  async function takeInCall(call: VapiCall, askedAt: number): Promise<void> {
    const callId = call.id as ProviderCallId;
    await takeIn(callId, translateCall(call, askedAt, calls.known(callId)), call);
  }

  /** Takes in a call that nobody told of, as Vapi knows it. From then on it is one of ours. */
  async function watch(callId: ProviderCallId, { signal }: CommandContext): Promise<void> {
    const askedAt = host.clock.now();
    const call = await api.getCall(callId, AbortSignal.any([signal, life.signal]), 'urgent');
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'Vapi does not know this call');
    if (calls.known(callId).status !== 'ENDED') await takeInCall(call, askedAt);
    if (isOver(call) || calls.known(callId).status === 'ENDED') {
      throw new FaultError('CALL_NOT_LIVE', 'the call is over');
    }
  }

  async function watchEnd(callId: ProviderCallId): Promise<void> {
    for (const delayMs of WATCH_END_MS) {
      await host.clock.delay(delayMs, life.signal);
      if (life.signal.aborted || calls.known(callId).status === 'ENDED') return;
      await confirm(callId);
    }
  }

  function controlsFor({ providerCallId, status }: ControlledCall): readonly Capability[] {
    // Before and after, Vapi answers that the call is not active.
    if (status !== 'IN_PROGRESS' && status !== 'FORWARDING') return [];
    const isOurs = legs.get(providerCallId) !== undefined;
    const canSteer = isOurs || calls.address(providerCallId, 'control') !== 'none';
    const canHear = isOurs || calls.address(providerCallId, 'listen') instanceof URL;
    return [
      ...(canSteer ? CONTROLS : []),
      ...(isOurs ? (['PLAY_AUDIO', 'CLEAR_AUDIO'] as const) : []),
      ...(canHear ? (['LISTEN'] as const) : []),
    ];
  }

  return {
    providesTranscript: true,
    async start() {
      await calls.load();
      stopListening = host.onDemandChange((callId) => calls.update(callId));
      sweeps = runSweeps({
        api,
        calls,
        clock: host.clock,
        log: host.log,
        life: life.signal,
        ...options.sweep,
        takeIn: takeInCall,
        refresh: (callId, signal) => refresh(callId, signal, 'patient'),
      });
    },
    async stop() {
      life.abort();
      stopListening?.();
      legs.stop();
      calls.stop();
      await Promise.all([forwarder?.stop(), sweeps]);
    },
    controls: abortOnStop(
      createControls({
        api,
        say: options.compatibility,
        now: () => host.clock.now(),
        confirmations,
        address: (callId) => calls.address(callId, 'control'),
        locate: (callId, signal) => locator.search(callId, AbortSignal.any([signal, life.signal])),
        refresh: (callId, signal) => refresh(callId, signal),
        watchEnd: (callId) => void watchEnd(callId),
        leg: (callId) => legs.get(callId),
      }),
      life.signal,
    ),
    controlsFor,
    placeCall: (args, context) => legs.place(args, context, takeInCall),
    watch,
    ingress: createIngress({
      authenticate: createWebhookAuth(options.webhook, () => host.publicUrl('webhook').href),
      forwarder,
      receive: (message, receivedAt) => receiveFrom('webhook', message, receivedAt),
    }),
    reconcile: (stale, signal) =>
      forEachCall(host.clock, stale, signal, ({ providerCallId }) =>
        refresh(providerCallId, signal, 'patient', true),
      ),
    backfill: (request, signal) =>
      backfill(
        { api, clock: host.clock, known: (callId) => calls.known(callId) },
        request,
        AbortSignal.any([signal, life.signal]),
      ),
    health: (signal) => api.check(AbortSignal.any([signal, life.signal])),
  };
}
