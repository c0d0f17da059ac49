/** The host of a provider instance. Events and streams are accepted only while its lease is open. */
import {
  FaultError,
  findMediaStreamError,
  findProviderEventError,
  isFault,
  isLive,
  messageOf,
  type CallId,
  type MediaStream,
  type MediaStreamOptions,
  type ProviderEvent,
  type ProviderCallId,
  type ProviderHost,
  type ProviderId,
} from '@sidetone/core';
import type { CallRegistry } from '../../calls/call-registry.ts';
import type { Ingest } from '../../calls/ingest.ts';
import { beginWork } from '../../loop/current-work.ts';
import type { Demand } from '../../live/demand.ts';
import { needsOf } from '../../calls/loading/needs.ts';
import { createPluginHost, type PluginHostDeps } from '../plugin-host.ts';
import { countryOf, type Countries } from '../../calls/numbers/countries.ts';
import type { Lease } from '../supervision/lease.ts';
import { leaseStream } from '../supervision/leased-resources.ts';
import type { FailureListener } from '../supervision/plugin-lifecycle.ts';
import { withinLimits, withinStreamLimits, type EventCheck } from './event-check.ts';
import { urlOfProvider } from './provider-url.ts';
import { EventRateLimit, isTransient } from './event-rate-limit.ts';
import { findTimeProblem } from './event-times.ts';
import { createLaterStream, type LaterStream } from './later-stream.ts';
import type { SetupNotices } from './provider-notices.ts';
import type { ProviderTraffic } from './provider-traffic.ts';
import type { RequestFailures } from './request-failures.ts';

export interface ProviderHostDeps extends PluginHostDeps {
  readonly ingest: Ingest;
  readonly registry: CallRegistry;
  readonly streams: {
    open(callId: CallId, options: MediaStreamOptions, onInvalid: (problem: string) => void): MediaStream;
    has(callId: CallId): boolean;
  };
  readonly demand: Pick<Demand, 'exists' | 'has' | 'onChange'>;
  /** The daemon's address as providers see it. */
  readonly publicUrl: () => URL;
  /** Whether other machines can reach the daemon. */
  readonly isExposed: boolean;
  /** The countries of national numbers. */
  readonly countries: Countries;
  readonly eventsPerSecond: number;
  /** Most live calls of all providers; `limits.liveCalls`. */
  readonly maxLiveCalls: number;
}

/** The instance that the host belongs to. */
interface HostOwner extends Pick<FailureListener, 'onEventDropped' | 'onEventRejected'> {
  readonly providerId: ProviderId;
  readonly lease: Lease;
  readonly checkEvent: EventCheck;
  /** Receives the events that were not accepted, so that the requests that caused them are not acknowledged. */
  readonly requests: Pick<RequestFailures, 'report'>;
  readonly traffic: Pick<ProviderTraffic, 'eventAccepted' | 'droppedEvents'>;
  /** Receives the notices about the setup of the provider. */
  readonly notices: Pick<SetupNotices, 'add'>;
}

export function createProviderHost(owner: HostOwner, deps: ProviderHostDeps): ProviderHost {
  const { providerId, lease } = owner;
  const acceptEvent = createEventGate(owner, deps);
  /** The calls with open streams: they may have ended, but their last audio is still needed. */
  const streaming = new Map<ProviderCallId, CallId>();
  const country = countryOf(deps.countries, providerId);

  return {
    ...createPluginHost(providerId, lease, deps),
    emit(event) {
      const { ingest } = deps;
      const accept = (): void => void acceptEvent(event);
      // An event that names no call is rejected at once.
      const namesCall = ingest.loadsCalls && typeof event?.providerCallId === 'string';
      if (!namesCall) return reportFailure(accept, owner, deps);
      const task = (): void => reportFailure(accept, owner, deps);
      const ref = { providerId, providerCallId: event.providerCallId };
      reportFailure(() => ingest.whenLoaded(ref, needsOf(event), task), owner, deps);
    },
    openStream(options) {
      let stream = DISCARDING_STREAM;
      lease.run('openStream', () => {
        if (!lease.isEnded) stream = openWhenLoaded(options, acceptEvent, owner, deps, streaming);
      });
      return stream;
    },
    hasDemand(kind, providerCallId) {
      // Asked for every frame of audio, mostly while no client reads any.
      if (!deps.demand.exists(kind)) return false;
      const callId = deps.ingest.liveId(providerId, providerCallId) ?? streaming.get(providerCallId);
      return callId !== undefined && deps.demand.has(kind, callId);
    },
    onDemandChange: (listener) => subscribeToDemand(listener, owner, deps),
    publicUrl: (path, scheme) => urlOfProvider(providerId, path, deps.publicUrl(), scheme),
    isExposed: deps.isExposed,
    ...(country && { country }),
  };
}

function reportFailure(task: () => void, owner: HostOwner, deps: ProviderHostDeps): void {
  try {
    task();
  } catch (error) {
    onEventFailed(error, owner, deps);
  }
}

/** The store reports its failures itself. */
function onEventFailed(error: unknown, { requests }: HostOwner, { log }: ProviderHostDeps): void {
  const isStoreFailure = isFault(error) && error.kind === 'store';
  if (!isStoreFailure) log.error('event failed', { reason: messageOf(error), error });
  const failure = isFault(error) ? error : new FaultError('INTERNAL', 'the event failed', { cause: error });
  requests.report(failure);
}

/** Accepts an event and returns the id of its call; undefined if the event is dropped. Throws as `Ingest.accept`. */
type AcceptEvent = (event: ProviderEvent) => CallId | undefined;

/** Drops events that are invalid or exceed a limit. */
function createEventGate(owner: HostOwner, deps: ProviderHostDeps): AcceptEvent {
  const { providerId, lease, checkEvent, onEventDropped, onEventRejected, requests, traffic } = owner;
  const { notices: setupNotices } = owner;
  const { ingest, clock, eventsPerSecond } = deps;
  const rateLimit = new EventRateLimit({
    clock,
    eventsPerSecond,
    isLive(providerCallId) {
      const callId = ingest.liveId(providerId, providerCallId);
      const call = callId === undefined ? undefined : ingest.current(callId);
      return call !== undefined && isLive(call);
    },
  });
  const drop = (event: ProviderEvent, limit: 'eventsPerSecond' | 'liveCalls', maximum: number): undefined => {
    const reason = `limit reached: limits.${limit} (${maximum})`;
    traffic.droppedEvents.add(1, `limits.${limit}`);
    onEventDropped('PLUGIN_EVENT_FLOOD', reason);
    if (!isTransient(event)) requests.report(new FaultError('PLUGIN_EVENT_FLOOD', reason));
    return undefined;
  };
  const reportTime = timeReporter(owner, deps);
  return (event) => {
    const problem = lease.isOpen ? findProviderEventError(event) : 'the provider is not running';
    if (problem !== undefined) {
      onEventDropped('PLUGIN_EVENT_INVALID', problem);
      traffic.droppedEvents.add(1, 'PLUGIN_EVENT_INVALID');
      if (!lease.isOpen) requests.report(new FaultError('PROVIDER_NOT_RUNNING', problem));
      return undefined;
    }
    const rejection = checkEvent(event);
    if (rejection !== undefined) {
      onEventRejected(rejection);
      requests.report(new FaultError('WIRE_MALFORMED', rejection));
      return undefined;
    }
    if (!rateLimit.accept(event)) return drop(event, 'eventsPerSecond', eventsPerSecond);
    reportTime(event);
    if (isOneTooMany(providerId, event, deps)) return drop(event, 'liveCalls', deps.maxLiveCalls);
    // A plugin may emit it in a turn of its own. It is the only event whose work grows with its size.
    if (event.type === 'call.report') beginWork(`report ${providerId}`);
    const [limited, ...notices] = withinLimits(event);
    const callId = ingest.accept(providerId, limited);
    traffic.eventAccepted();
    if (limited.type === 'notice' && limited.concerns === 'PROVIDER')
      setupNotices.add(limited.code, limited.message);
    for (const notice of notices) ingest.accept(providerId, notice);
    return callId;
  };
}

/** The code of the notice about a time that cannot be right. */
export const TIME_IMPLAUSIBLE = 'EVENT_TIME_IMPLAUSIBLE';

/** Reports times that cannot be right: with a notice of the provider, and with a log line for the first one of the instance. */
function timeReporter(
  { notices }: Pick<HostOwner, 'notices'>,
  { clock, log }: Pick<ProviderHostDeps, 'clock' | 'log'>,
): (event: ProviderEvent) => void {
  let isLogged = false;
  return (event) => {
    const problem = findTimeProblem(event, clock.now());
    if (problem === undefined) return;
    notices.add(TIME_IMPLAUSIBLE, problem);
    if (!isLogged)
      log.warn('event with a time that cannot be right', { code: TIME_IMPLAUSIBLE, reason: problem });
    isLogged = true;
  };
}

/** Returns whether an event would create a live call above the limit. Existing calls are not affected. */
function isOneTooMany(
  providerId: ProviderId,
  { type, providerCallId }: ProviderEvent,
  { registry, ingest, maxLiveCalls }: ProviderHostDeps,
): boolean {
  return registry.size >= maxLiveCalls && type !== 'call.ended' && !ingest.knows(providerId, providerCallId);
}

/** Opens a stream now, or, if its call has to be loaded, later: until then it keeps its audio. */
function openWhenLoaded(
  options: MediaStreamOptions,
  acceptEvent: AcceptEvent,
  owner: HostOwner,
  deps: ProviderHostDeps,
  streaming: Map<ProviderCallId, CallId>,
): MediaStream {
  const { providerId, lease } = owner;
  const open = (): MediaStream => openStream(options, acceptEvent, owner, deps, streaming);
  const providerCallId = options?.providerCallId;
  if (typeof providerCallId !== 'string' || deps.ingest.liveId(providerId, providerCallId)) return open();
  let opened: MediaStream | undefined;
  let later: LaterStream | undefined;
  const onLoaded = (): void => {
    const stream = lease.isEnded ? DISCARDING_STREAM : open();
    if (later) later.open(stream);
    else opened = stream;
  };
  reportFailure(() => deps.ingest.whenLoaded({ providerId, providerCallId }, {}, onLoaded), owner, deps);
  if (opened) return opened;
  later = createLaterStream();
  return later.stream;
}

/** Opens a stream; the first stream of an unknown call creates the call. */
function openStream(
  options: MediaStreamOptions,
  acceptEvent: AcceptEvent,
  owner: HostOwner,
  deps: ProviderHostDeps,
  streaming: Map<ProviderCallId, CallId>,
): MediaStream {
  const { providerId, lease, onEventDropped } = owner;
  const problem = findMediaStreamError(options);
  if (problem !== undefined) {
    onEventDropped('PLUGIN_EVENT_INVALID', problem);
    return DISCARDING_STREAM;
  }
  const occurredAt = deps.clock.now();
  const [limited, ...notices] = withinStreamLimits(options, occurredAt);
  let callId: CallId | undefined;
  try {
    // A stream of a known call creates nothing, so it is opened also while events exceed their limit.
    callId =
      deps.ingest.liveId(providerId, options.providerCallId) ??
      acceptEvent({ type: 'call.started', providerCallId: options.providerCallId, occurredAt });
    if (callId !== undefined) notices.forEach(acceptEvent);
  } catch (error) {
    onEventFailed(error, owner, deps);
  }
  if (callId === undefined) return DISCARDING_STREAM;
  const onInvalid = (reason: string): void => {
    owner.traffic.droppedEvents.add(1, 'PLUGIN_EVENT_INVALID');
    onEventDropped('PLUGIN_EVENT_INVALID', reason);
  };
  return followStream(
    leaseStream(deps.streams.open(callId, limited, onInvalid), lease),
    callId,
    options,
    deps,
    streaming,
  );
}

/** Keeps a call in `streaming` while it has an open stream. */
function followStream(
  stream: MediaStream,
  callId: CallId,
  { providerCallId }: MediaStreamOptions,
  { streams }: Pick<ProviderHostDeps, 'streams'>,
  streaming: Map<ProviderCallId, CallId>,
): MediaStream {
  streaming.set(providerCallId, callId);
  return {
    ...stream,
    end(reason) {
      stream.end(reason);
      if (!streams.has(callId)) streaming.delete(providerCallId);
    },
  };
}

/** The stream of a plugin that must not open one: audio that is written to it is discarded. */
const DISCARDING_STREAM: MediaStream = {
  write: () => undefined,
  skip: () => undefined,
  gap: () => undefined,
  end: () => undefined,
};

function subscribeToDemand(
  listener: Parameters<ProviderHost['onDemandChange']>[0],
  { providerId, lease }: HostOwner,
  { demand, registry }: ProviderHostDeps,
): () => void {
  const unsubscribe = demand.onChange((callId) => {
    const calls = callId === undefined ? registry.live(providerId) : [registry.recall(callId)];
    for (const call of calls) {
      if (call?.providerId === providerId)
        lease.run('onDemandChange listener', () => listener(call.providerCallId));
    }
  });
  const forget = lease.hold(unsubscribe);
  return () => {
    forget();
    unsubscribe();
  };
}
