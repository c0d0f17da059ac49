/** What an event of a plugin passes before it is accepted: its check, and the limits of its provider. */
import {
  FaultError,
  findProviderEventError,
  isLive,
  type Clock,
  type Logger,
  type ProviderEvent,
  type ProviderId,
} from '@sidetone/core';
import type { CallRegistry } from '../../calls/call-registry.ts';
import type { Ingest } from '../../calls/ingest.ts';
import type { Lease } from '../supervision/lease.ts';
import type { FailureListener } from '../supervision/plugin-lifecycle.ts';
import { withinLimits, type EventCheck } from './event-check.ts';
import { EventRateLimit, isTransient } from './event-rate-limit.ts';
import { findTimeProblem } from './event-times.ts';
import type { SetupNotices } from './provider-notices.ts';
import type { ProviderTraffic } from './provider-traffic.ts';
import type { RequestFailures } from './request-failures.ts';

/** The instance that the gate belongs to. */
export interface GateOwner extends Pick<FailureListener, 'onEventDropped' | 'onEventRejected'> {
  readonly providerId: ProviderId;
  readonly lease: Lease;
  readonly checkEvent: EventCheck;
  /** Receives the events that were not accepted, so that the requests that caused them are not acknowledged. */
  readonly requests: Pick<RequestFailures, 'report'>;
  readonly traffic: Pick<ProviderTraffic, 'droppedEvents'>;
  /** Receives the notices about the setup of the provider. */
  readonly notices: Pick<SetupNotices, 'add'>;
}

export interface GateDeps {
  readonly ingest: Pick<Ingest, 'liveId' | 'current' | 'knows'>;
  readonly registry: Pick<CallRegistry, 'size'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly eventsPerSecond: number;
  /** Most live calls of all providers; `limits.liveCalls`. */
  readonly maxLiveCalls: number;
}

/**
 * Returns an event within the limits of its texts, and notices of what was shortened; undefined if the event is dropped.
 * @param place which node decides about its call: whether another one has too many calls is not known here
 */
export type EventGate = (
  event: ProviderEvent,
  place: 'HERE' | 'ELSEWHERE',
) => readonly [ProviderEvent, ...ProviderEvent[]] | undefined;

/** Drops events that are invalid or exceed a limit. */
export function createEventGate(owner: GateOwner, deps: GateDeps): EventGate {
  const { providerId, lease, checkEvent, onEventDropped, onEventRejected, requests, traffic } = owner;
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
  return (event, place) => {
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
    if (place === 'HERE' && isOneTooMany(providerId, event, deps))
      return drop(event, 'liveCalls', deps.maxLiveCalls);
    return withinLimits(event);
  };
}

/** The code of the notice about a time that cannot be right. */
export const TIME_IMPLAUSIBLE = 'EVENT_TIME_IMPLAUSIBLE';

/** Reports times that cannot be right: with a notice of the provider, and with a log line for the first one of the instance. */
function timeReporter(
  { notices }: Pick<GateOwner, 'notices'>,
  { clock, log }: Pick<GateDeps, 'clock' | 'log'>,
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
  { registry, ingest, maxLiveCalls }: GateDeps,
): boolean {
  return registry.size >= maxLiveCalls && type !== 'call.ended' && !ingest.knows(providerId, providerCallId);
}
