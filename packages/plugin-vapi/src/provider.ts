/** Wires the parts of an instance together. Webhooks and events do not pass through this file. */
import {
  abortOnStop,
  createStateLease,
  forEachCall,
  requireVerification,
  supportedCountry,
} from '@sidetone/plugin-kit';
import type { Provider, ProviderHost } from '@sidetone/core';
import { createCallPublisher } from './calls/call-publisher.ts';
import { createLiveCalls } from './calls/live-calls.ts';
import type { VapiOptions } from './config.ts';
import { capabilitiesOfCall } from './control/capabilities.ts';
import { createControls } from './control/controls.ts';
import { placeCall } from './control/place-call.ts';
import { createIngress } from './ingress.ts';
import { createTransportCalls } from './media/transport-calls.ts';
import { createChannelFilter } from './messages/channel-filter.ts';
import { createConfirmations } from './messages/confirmations.ts';
import { createHistoryTranscript } from './messages/history-transcript.ts';
import { createMessageReceiver } from './messages/receiver.ts';
import { createVapiApi } from './rest/api.ts';
import { backfill } from './rest/backfill.ts';
import { diagnose } from './rest/diagnostics.ts';
import { createCallLookup } from './rest/call-lookup.ts';
import { createCallRefresher } from './rest/call-refresher.ts';
import { runSweeps } from './rest/sweep.ts';
import { createListenSessions } from './session.ts';
import { createWebhookDecoder } from './webhook/decoder.ts';
import { createForwarder } from './webhook/forwarder.ts';
import { createWebhookAdmission } from './webhook/webhook-admission.ts';
import { createWebhookAuth } from './webhook/webhook-auth.ts';

/** The parts of an instance, in the order of their dependencies. `stopped` ends all work in the background. */
function createParts(options: VapiOptions, host: ProviderHost, stopped: AbortSignal) {
  const { clock, log } = host;
  const api = createVapiApi({
    host,
    baseUrl: options.apiBaseUrl,
    apiKey: options.apiKey,
    publicKey: options.publicKey,
    controlTimeoutMs: options.control.timeoutMs,
  });
  const calls = createLiveCalls({ host, monitorHosts: options.monitorHosts });
  const publisher = createCallPublisher({ host, calls, stopped });
  const refresher = createCallRefresher({ api, calls, publisher, clock, log, stopped });
  const lookup = createCallLookup({ clock, calls, refresher, stopped });
  const confirmations = createConfirmations(calls);
  const filter = createChannelFilter({ clock, calls, stopped });
  const hasApplication = options.forwardWebhooksTo !== undefined;
  const receiver = createMessageReceiver({
    host,
    calls,
    publisher,
    lookup,
    filter,
    confirmations,
    historyTranscript: createHistoryTranscript(host.state.isShared === true),
    hasApplication,
    stopped,
  });
  const transportCalls = createTransportCalls({
    host,
    options,
    api,
    calls,
    filter,
    receiver,
    refresher,
    stopped,
  });
  const sessions = createListenSessions({
    host,
    publicKey: options.publicKey,
    options: options.listen,
    calls,
    transportCalls,
    lookup,
    refresher,
  });
  const forwarder =
    options.forwardWebhooksTo &&
    createForwarder({ host, url: options.forwardWebhooksTo, options: options.forward, calls });
  const webhookAuth = createWebhookAuth(options.webhook, host);
  const ingress = createIngress({
    authenticate: (request) => webhookAuth.authenticate(request),
    admit: createWebhookAdmission(options.webhook),
    forwarder,
    decoder: createWebhookDecoder({ clock, log, stopped }),
    receiver,
  });
  const controls = createControls({
    api,
    compatibility: options.compatibility,
    clock,
    country: supportedCountry(host.country),
    calls,
    lookup,
    refresher,
    transportCalls,
    confirmations,
  });
  return {
    api,
    calls,
    publisher,
    refresher,
    transportCalls,
    sessions,
    forwarder,
    webhookAuth,
    ingress,
    controls,
  };
}

/** The key of the lease of sweeps in the state, and how long it lasts beyond two intervals, ms. */
const SWEEP_LEASE = 'lease/sweep';
const SWEEP_LEASE_MS = 10_000;

/** Creates an instance. It does nothing until it is started. */
export function createProvider(options: VapiOptions, host: ProviderHost): Provider {
  const { secret, bearer, hmac, unverified } = options.webhook;
  requireVerification(host, {
    isVerified: (secret ?? bearer ?? hmac) !== undefined,
    isUnverifiedAllowed: unverified,
    option: 'webhook',
    expected: 'secret, bearer or hmac',
  });
  const stopping = new AbortController();
  const stopped = stopping.signal;
  const parts = createParts(options, host, stopped);
  const { api, calls, publisher, refresher, transportCalls, sessions, forwarder } = parts;
  const { clock, log } = host;
  const country = supportedCountry(host.country);
  const orStopped = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, stopped]);
  let sweeps = Promise.resolve();

  return {
    providesTranscript: true,
    async start() {
      await Promise.all([calls.load(), parts.webhookAuth.load()]);
      sessions.start();
      const lease = createStateLease(host, SWEEP_LEASE, 2 * options.sweep.intervalMs + SWEEP_LEASE_MS);
      sweeps = runSweeps({ api, calls, publisher, refresher, lease, clock, log, stopped, ...options.sweep });
    },
    async stop() {
      stopping.abort();
      sessions.stop();
      transportCalls.stop();
      calls.clear();
      await Promise.all([forwarder?.stop(), sweeps]);
    },
    controls: abortOnStop(parts.controls, stopped),
    loadCall: (callId) => calls.read(callId),
    controlsFor: (call) => capabilitiesOfCall(calls, transportCalls, call),
    placeCall: (args, context) =>
      placeCall({ api, publisher, transportCalls, clock, country, stopped }, args, context),
    watch: (callId, context) => refresher.watch(callId, context),
    ingress: parts.ingress,
    reconcile: (stale, signal) =>
      forEachCall(clock, stale, signal, ({ providerCallId }) =>
        refresher.refresh(providerCallId, signal, { urgency: 'patient', endIfNotFound: true }),
      ),
    backfill: (request, signal) => backfill({ api, clock, calls }, request, orStopped(signal)),
    health: (signal) => api.check(orStopped(signal)),
    diagnostics: (signal) =>
      diagnose(
        { api, webhookUrl: host.publicUrl('webhook'), hasPublicKey: options.publicKey !== undefined },
        orStopped(signal),
      ),
  };
}
