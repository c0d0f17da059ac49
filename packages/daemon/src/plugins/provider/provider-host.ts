/** The host of a provider instance. Events and streams are accepted only while its lease is open. */
import {
  FaultError,
  findMediaStreamError,
  isFault,
  messageOf,
  type CallId,
  type MediaStream,
  type MediaStreamOptions,
  type ProviderEvent,
  type ProviderCallId,
  type ProviderHost,
} from '@sidetone/core';
import type { CallRegistry } from '../../calls/call-registry.ts';
import type { Ingest } from '../../calls/ingest.ts';
import { beginWork } from '../../loop/current-work.ts';
import type { Demand } from '../../live/demand.ts';
import type { Forward } from '../../calls/loading/call-loads.ts';
import { needsOf } from '../../calls/loading/needs.ts';
import type { LoadNeeds } from '../../calls/loading/ports.ts';
import { createPluginHost, type PluginHostDeps } from '../plugin-host.ts';
import { countryOf, type Countries } from '../../calls/numbers/countries.ts';
import { leaseStream } from '../supervision/leased-resources.ts';
import { withinStreamLimits } from './event-check.ts';
import { urlOfProvider } from './provider-url.ts';
import { createEventGate, type EventGate, type GateOwner } from './event-gate.ts';
import { createLaterStream, type LaterStream } from './later-stream.ts';
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
interface HostOwner extends GateOwner {
  readonly requests: Pick<RequestFailures, 'report' | 'waitFor'>;
  readonly traffic: Pick<ProviderTraffic, 'eventAccepted' | 'droppedEvents'>;
}

export function createProviderHost(owner: HostOwner, deps: ProviderHostDeps): ProviderHost {
  const { providerId, lease } = owner;
  const gate = createEventGate(owner, deps);
  const acceptEvent = acceptThrough(gate, owner, deps);
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
      const forward = ingest.hasPeers ? forwardOnce(event, gate, owner, deps) : undefined;
      reportFailure(() => ingest.whenLoaded(ref, needsOf(event), task, forward), owner, deps);
      const waiting = ingest.whenAccepted(ref);
      if (waiting) owner.requests.waitFor(waiting);
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

/** Accepts the events that the gate lets through. */
function acceptThrough(
  gate: EventGate,
  owner: HostOwner,
  { ingest }: Pick<ProviderHostDeps, 'ingest'>,
): AcceptEvent {
  const { providerId, traffic } = owner;
  return (event) => {
    const passed = gate(event, 'HERE');
    if (!passed) return undefined;
    // A plugin may emit it in a turn of its own. It is the only event whose work grows with its size.
    if (event.type === 'call.report') beginWork(`report ${providerId}`);
    const [first, ...others] = passed;
    const callId = ingest.accept(providerId, first);
    traffic.eventAccepted();
    noteSetup(first, owner);
    for (const notice of others) ingest.accept(providerId, notice);
    return callId;
  };
}

/** Returns what sends an event to the node that decides about its call. The gate counts it once, however often it is sent. */
function forwardOnce(
  event: ProviderEvent,
  gate: EventGate,
  owner: HostOwner,
  { ingest }: Pick<ProviderHostDeps, 'ingest'>,
): Forward {
  const { providerId, traffic } = owner;
  let sends: readonly Forward[] | undefined;
  return async (node) => {
    if (!sends) {
      const passed = gate(event, 'ELSEWHERE') ?? [];
      sends = passed.map((each) => ingest.forwardOf(providerId, each)!);
      if (passed.length > 0) traffic.eventAccepted();
      if (passed[0]) noteSetup(passed[0], owner);
    }
    for (const send of sends) await send(node);
  };
}

function noteSetup(event: ProviderEvent, { notices }: HostOwner): void {
  if (event.type === 'notice' && event.concerns === 'PROVIDER') notices.add(event.code, event.message);
}

const HERE: LoadNeeds = { isHere: true };

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
  const ref = { providerId, providerCallId };
  reportFailure(() => deps.ingest.whenLoaded(ref, HERE, onLoaded, deps.ingest.bringOf(ref)), owner, deps);
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
