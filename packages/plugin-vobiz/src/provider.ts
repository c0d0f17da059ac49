/** Creates one running instance: connects its parts. */
import {
  type ControlledCall,
  type Controls,
  type Ingress,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import { definedFields, abortOnStop, requireVerification } from '@sidetone/plugin-kit';
import { createAnswers } from './answer/answers.ts';
import { createCallXml } from './answer/call-xml.ts';
import { createNextSteps, type NextSteps } from './answer/next-steps.ts';
import { withCountry } from './answer/national-numbers.ts';
import { createTransferGrants } from './answer/transfer-grants.ts';
import { createCallTracker } from './calls/call-tracker.ts';
import { createConferenceMembers } from './calls/conference-members.ts';
import { boundedWrite } from './calls/durable-state.ts';
import type { VobizOptions } from './config.ts';
import { capabilitiesFor } from './control/capabilities.ts';
import { createConferenceControls } from './control/conference-controls.ts';
import { createControls, type ControlChannel } from './control/controls.ts';
import { createPlaceCall } from './control/place-call.ts';
import { createRelayControls } from './control/relay-controls.ts';
import { createRestControls } from './control/rest-controls.ts';
import { createIngress } from './ingress.ts';
import { createRelays, type Relays } from './relay/relays.ts';
import { createAccount, type Account } from './rest/account.ts';
import { createSessions } from './session.ts';
import { createByteOrders, type ByteOrders } from './stream/byte-orders.ts';
import { createSplitTracks } from './stream/split-tracks.ts';
import { createStreamHolders } from './stream/stream-holders.ts';
import { createStreamTokens } from './stream/stream-tokens.ts';
import { translateDtmf, translateLost, translateStart, translateWebhook } from './translate.ts';
import { createWebhookAuth } from './webhook/webhook-auth.ts';
import { formatOf, type MediaFormat } from './wire.ts';

/** Without keys: how long an instance must run before it ends a call without a stream token, which it cannot look up, ms. */
export const LOST_CALL_GRACE_MS = 10 * 60_000;

type Instance = ReturnType<typeof createInstance>;

/** Creates an instance. It does nothing until it is started. */
export function createProvider(given: VobizOptions, host: ProviderHost): Provider {
  const options = withCountry(given, host.country);
  requireVerification(host, {
    isVerified: options.signature === 'require',
    isUnverifiedAllowed: options.unverified,
    option: 'signature',
    expected: 'require',
  });
  const instance = createInstance(options, host);
  const { tokens, members, calls, sessions, relays, account, stopped } = instance;
  let startedAt = host.clock.elapsed();

  /** Without keys, calls cannot be looked up: one whose token has expired is older than a call can be. */
  async function endLostCalls(stale: readonly ControlledCall[]): Promise<void> {
    if (host.clock.elapsed() - startedAt < LOST_CALL_GRACE_MS) return;
    for (const { providerCallId } of stale) {
      await tokens.read(providerCallId);
      if (!tokens.has(providerCallId)) await calls.emit([translateLost(providerCallId, host.clock.now())]);
    }
  }

  return {
    async start() {
      startedAt = host.clock.elapsed();
      await Promise.all(instance.loaded.map((store) => store.load()));
      account?.start();
    },
    stop() {
      stopped.abort();
      sessions.stop('the provider stopped');
      relays?.stop('the provider stopped');
      return Promise.resolve();
    },
    controls: abortOnStop(controlsOf(instance, options, host), stopped.signal),
    async loadCall(callId) {
      await Promise.all([tokens.read(callId), members.read(callId), relays?.read(callId)]);
    },
    controlsFor: ({ status, providerCallId }) =>
      capabilitiesFor({
        status,
        hasKeys: account !== undefined,
        // At another node, the call has the stream that it is expected to have.
        isRelayed:
          relays?.get(providerCallId) !== undefined ||
          (host.state.isShared === true && relays?.isExpected(providerCallId) === true),
        isInConference: members.get(providerCallId) !== undefined,
        hasAudio: tokens.has(providerCallId),
      }),
    ingress: ingressOf(instance),
    reconcile: endLostCalls,
    ...account?.methods,
    ...(account &&
      options.answer && {
        placeCall: createPlaceCall({
          host,
          api: account.api,
          calls,
          defaultFrom: options.from,
          signal: stopped.signal,
        }),
      }),
  };
}

/** Creates the parts of an instance that have state. */
function createInstance(options: VobizOptions, host: ProviderHost) {
  const { authId, authToken, answer: mode } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const webhookAuth = createWebhookAuth(options, host);
  const tokens = createStreamTokens(host);
  const grants = createTransferGrants(host);
  const nextSteps = createNextSteps(host);
  const members = createConferenceMembers(host);
  const calls = createCallTracker({ host, signal, onEnd: releaseCall });
  const emit = (events: readonly ProviderEvent[]): void => void calls.emit(events);
  const byteOrders = createByteOrders(host, options.l16ByteOrder);
  const splitTracks = createSplitTracks(host);
  const holders = createStreamHolders(host);
  const sessions = createSessions({
    host,
    options,
    byteOrders,
    splitTracks,
    emit,
    onOpen(callId) {
      if (!host.state.isShared || tokens.originOf(callId) !== 'attached') return;
      holders.opened(callId);
      account?.attacher?.streamOpened(callId);
    },
    onClose(callId, track) {
      if (!sessions.has(callId)) holders.closed(callId);
      // The streams of an attached call are requested together, so the other one is requested again as well.
      if (track && tokens.originOf(callId) === 'attached') sessions.end(callId, 'its other stream has ended');
      account?.attacher?.streamClosed(callId);
    },
  });
  const relays = relaysOf(options, host, byteOrders, nextSteps, emit);
  const callXml = createCallXml({ host, options, tokens, calls, splitTracks, relays });
  const answers = createAnswers({ host, mode, callXml, calls, grants, nextSteps, signal });
  const keys = authId !== undefined && authToken !== undefined ? { authId, authToken } : undefined;
  const account: Account | undefined =
    keys &&
    createAccount({
      host,
      options,
      keys,
      calls,
      tokens,
      hasStream: (callId) => sessions.has(callId),
      isElsewhere: (callId) => holders.isElsewhere(callId),
      streamTarget: (callId) => callXml.tap(callId, 'attached'),
      signal,
    });

  /** Releases everything that belongs to an ended call. */
  async function releaseCall(callId: ProviderCallId, events: readonly ProviderEvent[]): Promise<void> {
    account?.costs.callEnded(callId, events);
    sessions.end(callId, 'the call ended');
    answers.forget?.(callId);
    account?.attacher?.forget(callId);
    await Promise.all([
      tokens.revoke(callId),
      members.delete(callId),
      grants.revoke(callId),
      nextSteps.drop(callId),
      relays && boundedWrite(host, relays.forget(callId)),
    ]);
  }

  return {
    stopped,
    /** Restored from the durable state at the start. */
    loaded: [
      webhookAuth,
      tokens,
      grants,
      nextSteps,
      members,
      byteOrders,
      splitTracks,
      ...(relays ? [relays] : []),
    ],
    webhookAuth,
    tokens,
    grants,
    nextSteps,
    members,
    calls,
    sessions,
    relays,
    answers,
    account,
  };
}

/** Creates the relays in agent mode. */
function relaysOf(
  { agentUrl, agent, contentType }: VobizOptions,
  host: ProviderHost,
  byteOrders: ByteOrders,
  nextSteps: NextSteps,
  emit: (events: readonly ProviderEvent[]) => void,
): Relays | undefined {
  if (!agentUrl) return undefined;
  return createRelays({
    host,
    agentUrl,
    agent,
    byteOrders,
    fallbackFormat: formatOf(contentType) as MediaFormat,
    emit: (event) => emit([event]),
    onStart: (callId, message) => emit(translateStart(callId, message, host.clock.now())),
    onDtmf: (callId, message) => emit(translateDtmf(callId, message, host.clock.now())),
    onAgentEnded: (callId) => nextSteps.order(callId, { kind: 'hangup' }),
    onAgentUnreachable: (callId) => nextSteps.order(callId, { kind: 'fallback' }),
  });
}

function controlsOf(
  { relays, nextSteps, grants, members, account }: Instance,
  { answer, from, speak }: VobizOptions,
  host: ProviderHost,
): Controls {
  const callerId = answer?.callerId ?? from;
  const transferUrl = (token: string): URL => host.publicUrl(`transfer/${token}`);
  const rest = account && {
    isOpen: () => true,
    controls: createRestControls({ api: account.api, speak, grants, transferUrl, callerId }),
  };
  const conference = account && {
    isOpen: ({ providerCallId }: ControlledCall) => members.get(providerCallId) !== undefined,
    controls: createConferenceControls(account.api, members),
  };
  const relay: ControlChannel | undefined = relays && {
    isOpen: ({ providerCallId }) => relays.get(providerCallId) !== undefined,
    controls: createRelayControls({ relays, nextSteps, say: rest?.controls.say, callerId }),
  };
  return createControls(definedFields({ relay, rest, conference }));
}

function ingressOf({
  webhookAuth,
  members,
  calls,
  answers,
  grants,
  relays,
  tokens,
  sessions,
  account,
}: Instance): Ingress {
  return createIngress({
    authenticate: (request) => webhookAuth.authenticate(request),
    admit: webhookAuth.admit,
    async receive(webhook, receivedAt) {
      await members.receive(webhook);
      account?.costs.receive(webhook);
      await calls.emitUndated(translateWebhook(webhook, receivedAt));
    },
    answers,
    hasTransfer: (token) => grants.has(token),
    statusCallback: (webhook) => relays?.statusCallback(webhook),
    callOf: (token) => tokens.callOf(token),
    async loadCallOf(token) {
      const callId = await tokens.find(token);
      if (callId !== undefined) await relays?.read(callId);
    },
    openSession(callId, socket, track) {
      if (relays?.isExpected(callId) === true) relays.open(callId, socket);
      else sessions.open(callId, socket, track);
    },
  });
}
