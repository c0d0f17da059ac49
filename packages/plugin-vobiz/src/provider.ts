/** One running instance: what connects its parts. */
import { definedFields, abortOnStop } from '@sidetone/plugin-kit';
import {
  type ControlledCall,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { createAccount, type Account } from './rest/account.ts';
import { createAnswers } from './answer/answers.ts';
import { createCallXml } from './answer/call-xml.ts';
import { createCalls } from './calls/call-tracker.ts';
import { capabilitiesFor } from './control/capabilities.ts';
import type { VobizOptions } from './config.ts';
import { createControls } from './control/controls.ts';
import { createIngress } from './ingress.ts';
import { keptSoon } from './calls/durable-state.ts';
import { createNextSteps } from './answer/next-steps.ts';
import { createRelayControls } from './control/relay-controls.ts';
import { createRelays } from './relay/relays.ts';
import { createRooms } from './control/conference-controls.ts';
import { createStreamTokens } from './stream/stream-tokens.ts';
import { createStreams } from './session.ts';
import { createTransferGrants } from './answer/transfer-grants.ts';
import { translateDtmf, translateLost, translateStart } from './translate.ts';
import { createWebhookAuth } from './webhook/webhook-auth.ts';
import { formatOf, type MediaFormat } from './wire.ts';

/** How long an instance has to run before it takes a call without a stream for over, that it cannot ask about, ms. */
export const UNASKED_MS = 10 * 60_000;

/** Makes an instance. Does nothing until it is started. */
export function createProvider(options: VobizOptions, host: ProviderHost): Provider {
  const life = new AbortController();
  const { signal } = life;
  const { authId, authToken, agentUrl, answer: mode } = options;
  const tokens = createStreamTokens(host);
  const grants = createTransferGrants(host);
  const nextSteps = createNextSteps(host);
  const rooms = createRooms();
  const calls = createCalls({ host, signal, onEnd });
  const callerId = mode?.callerId ?? options.from;
  let startedAt = host.clock.now();

  const tell = (events: readonly ProviderEvent[]): void => {
    if (!signal.aborted) for (const event of events) host.emit(event);
  };
  const streams = createStreams({
    host,
    options,
    tell,
    onClose: (callId) => account?.attach?.streamClosed(callId),
  });
  const relays = agentUrl
    ? createRelays({
        host,
        agentUrl,
        agent: options.agent,
        byteOrder: options.l16ByteOrder,
        fallbackFormat: formatOf(options.contentType) as MediaFormat,
        emit: (event) => tell([event]),
        onStart: (callId, message) => tell(translateStart(callId, message, host.clock.now())),
        onDtmf: (callId, message) => tell(translateDtmf(callId, message, host.clock.now())),
        onAgentEnded: (callId) => nextSteps.order(callId, { kind: 'hangup' }),
        onAgentUnreachable: (callId) => nextSteps.order(callId, { kind: 'fallback' }),
      })
    : undefined;
  const callXml = createCallXml({ host, options, tokens, calls, relays });
  const answers = createAnswers({ host, mode, callXml, calls, grants, nextSteps, signal });
  const keys = authId !== undefined && authToken !== undefined ? { authId, authToken } : undefined;
  const account: Account | undefined =
    keys &&
    createAccount({ host, options, keys, calls, tokens, grants, rooms, streams, callXml, callerId, signal });

  /** Ends what belongs to a call that is over. */
  async function onEnd(callId: ProviderCallId): Promise<void> {
    streams.end(callId, 'the call ended');
    rooms.forget(callId);
    answers.forget?.(callId);
    account?.attach?.forget(callId);
    await Promise.all([
      tokens.revoke(callId),
      grants.revoke(callId),
      nextSteps.drop(callId),
      relays && keptSoon(host, relays.forget(callId)),
    ]);
  }

  /** Without keys nobody can be asked: a call that has no stream address any more is older than a call can be. */
  async function reconcileUnasked(stale: readonly ControlledCall[]): Promise<void> {
    if (host.clock.now() - startedAt < UNASKED_MS) return;
    for (const { providerCallId } of stale) {
      if (tokens.has(providerCallId)) continue;
      await calls.takeIn(providerCallId, [translateLost(providerCallId, host.clock.now())]);
    }
  }

  const relayWay = relays && {
    isOpenTo: ({ providerCallId }: ControlledCall) => relays.of(providerCallId) !== undefined,
    controls: createRelayControls({ relays, nextSteps, say: account?.rest.controls.say, callerId }),
  };

  return {
    async start() {
      startedAt = host.clock.now();
      await Promise.all([tokens.load(), grants.load(), nextSteps.load(), relays?.load()]);
      account?.start();
    },
    stop() {
      life.abort();
      streams.stop('the provider stopped');
      relays?.stop('the provider stopped');
      return Promise.resolve();
    },
    controls: abortOnStop(
      createControls(definedFields({ relay: relayWay, rest: account?.rest, room: account?.room })),
      signal,
    ),
    controlsFor: ({ status, providerCallId }) =>
      capabilitiesFor({
        status,
        hasKeys: account !== undefined,
        isRelayed: relays?.of(providerCallId) !== undefined,
        isInRoom: rooms.of(providerCallId) !== undefined,
        hasAudio: tokens.has(providerCallId),
      }),
    ingress: createIngress({
      authenticate: createWebhookAuth(options, host),
      async receive(webhook, receivedAt) {
        rooms.take(webhook);
        await calls.receive(webhook, receivedAt);
      },
      answers,
      hasTransfer: (token) => grants.has(token),
      statusCallback: (webhook) => relays?.statusCallback(webhook),
      callOf: (token) => tokens.callOf(token),
      openSession(callId, socket) {
        if (relays?.isExpected(callId) === true) relays.open(callId, socket);
        else streams.open(callId, socket);
      },
    }),
    reconcile: reconcileUnasked,
    ...account?.methods,
  };
}
