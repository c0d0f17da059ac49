/** What an instance of a plugin may touch, made of the daemon's parts. Outside its lease nothing it tells gets in. */
import {
  findMediaStreamError,
  findProviderEventError,
  isLive,
  messageOf,
  type CallId,
  type MediaStream,
  type MediaStreamOptions,
  type ProviderEvent,
  type ProviderHost,
  type ProviderId,
} from '@sidetone/core';
import type { CallRegistry } from '../../calls/call-registry.ts';
import type { Ingest } from '../../calls/ingest.ts';
import type { Demand } from '../../live/demand.ts';
import { createCommonHost, type CommonHostDeps } from '../plugin-host.ts';
import { EventRate } from './event-rate.ts';
import type { Lease } from '../supervision/lease.ts';
import type { MishapCode } from '../supervision/mishaps.ts';

export interface HostDeps extends CommonHostDeps {
  readonly ingest: Ingest;
  readonly registry: CallRegistry;
  readonly streams: {
    open(callId: CallId, options: MediaStreamOptions): MediaStream;
    has(callId: CallId): boolean;
  };
  readonly demand: Pick<Demand, 'has' | 'onChange'>;
  /** The daemon's address as providers see it. */
  readonly publicUrl: () => URL;
  readonly eventsPerSecond: number;
}

export interface Tenant {
  readonly providerId: ProviderId;
  readonly lease: Lease;
  /** Takes note of an event that was dropped. */
  readonly lost: (code: MishapCode, why: string) => void;
}

export function createHost({ providerId, lease, lost }: Tenant, deps: HostDeps): ProviderHost {
  const { ingest, registry, demand, clock, log, eventsPerSecond } = deps;
  const rate = new EventRate({
    clock,
    eventsPerSecond,
    isLive(providerCallId) {
      const callId = ingest.liveId(providerId, providerCallId);
      const call = callId === undefined ? undefined : ingest.current(callId);
      return call !== undefined && isLive(call);
    },
  });

  /** The id of the call it is about; nothing when the event is dropped. */
  function take(event: ProviderEvent): CallId | undefined {
    const problem = lease.isOpen ? findProviderEventError(event) : 'the provider is not running';
    if (problem === undefined && rate.takes(event)) return ingest.accept(providerId, event);
    if (problem !== undefined) lost('PLUGIN_EVENT_INVALID', problem);
    else lost('PLUGIN_EVENT_FLOOD', `limits.eventsPerSecond (${eventsPerSecond}) was reached`);
    return undefined;
  }

  function emit(event: ProviderEvent): void {
    try {
      take(event);
    } catch (error) {
      log.error('an event could not be taken', { reason: messageOf(error), error });
    }
  }

  function openStream(options: MediaStreamOptions): MediaStream {
    const problem = findMediaStreamError(options);
    if (problem !== undefined) {
      lost('PLUGIN_EVENT_INVALID', problem);
      return DEAF_STREAM;
    }
    const { providerCallId } = options;
    const callId = take({ type: 'call.started', providerCallId, occurredAt: clock.now() });
    return callId === undefined ? DEAF_STREAM : leaseStream(deps.streams.open(callId, options), lease);
  }

  return {
    ...createCommonHost(providerId, lease, deps),
    emit,
    openStream(options) {
      let stream = DEAF_STREAM;
      lease.run('openStream', () => {
        if (!lease.isOver) stream = openStream(options);
      });
      return stream;
    },
    hasDemand(kind, providerCallId) {
      const callId = ingest.liveId(providerId, providerCallId);
      return callId !== undefined && demand.has(kind, callId);
    },
    onDemandChange(listener) {
      const stop = demand.onChange((callId) => {
        const calls = callId === undefined ? registry.live(providerId) : [registry.get(callId)];
        for (const call of calls) {
          if (call?.providerId === providerId)
            lease.run('a listener of onDemandChange', () => listener(call.providerCallId));
        }
      });
      const forget = lease.hold(stop);
      return () => {
        forget();
        stop();
      };
    },
    publicUrl: (path) => new URL(`providers/${providerId}/${path}`, deps.publicUrl()),
  };
}

/** What a plugin gets that opens a stream when it must not: it may write, and nobody hears. */
const DEAF_STREAM: MediaStream = { write: () => undefined, gap: () => undefined, end: () => undefined };

function leaseStream(stream: MediaStream, lease: Lease): MediaStream {
  const forget = lease.hold(() => stream.end('the provider stopped'));
  return {
    write: (party, bytes, positionMs) => lease.run('a stream', () => stream.write(party, bytes, positionMs)),
    gap: (party, durationMs, frames) => lease.run('a stream', () => stream.gap(party, durationMs, frames)),
    end(reason) {
      forget();
      stream.end(reason);
    },
  };
}
