/**
 * The live calls that this instance tracks: status, monitor URLs and the assistant. The URLs are also stored, because after a
 * restart the next webhook may be minutes away.
 */
import { BoundedMap } from '@sidetone/plugin-kit';
import type { Capability, ProviderCallId, ProviderEvent, ProviderHost } from '@sidetone/core';
import type { KnownCall } from './call-events.ts';
import type { VapiCall } from './call-object.ts';
import { createCallStore } from './call-store.ts';
import {
  applyCallObject,
  applyEvent,
  createLiveCall,
  isDescribed,
  mergeCall,
  type LiveCall,
  type ObjectSource,
} from './live-call.ts';
import { readMonitorUrl } from './monitor-url.ts';

/** Live calls that are tracked at once. Further calls are reported, but cannot be listened to or controlled. */
const MAX_LIVE_CALLS = 10_000;
/** Ended calls that are remembered, so a late webhook does not make one live again. */
const MAX_ENDED_CALLS = 2000;

/** A monitor URL; 'none' if the call has none that the configuration allows, 'unknown' if none was reported yet. */
type MonitorUrl = URL | 'none' | 'unknown';

/** What limits the capabilities of a call. */
export type CallTraits = Pick<LiveCall, 'isGptLive' | 'carrier'> & {
  readonly refused: ReadonlySet<Capability>;
};

interface LiveCallSummary {
  readonly callId: ProviderCallId;
  /** When the call was last reported, epoch ms. */
  readonly lastSeenAt: number;
}

/** Notified of the calls that are tracked. The callbacks run synchronously and must not throw. */
interface LiveCallObserver {
  /** Called for each call that the previous instance stored. */
  restored?(callId: ProviderCallId): void;
  /** Called when anything that is known of a live call may have changed. */
  changed?(callId: ProviderCallId): void;
  /** Called when a call has ended, and again if its end is reported again. */
  ended?(callId: ProviderCallId): void;
}

interface LiveCallsDeps {
  readonly host: Pick<ProviderHost, 'state' | 'clock' | 'log'>;
  /** Hosts that monitor URLs may have. */
  readonly monitorHosts: readonly string[];
}

export interface LiveCalls {
  subscribe(observer: LiveCallObserver): void;
  /** Restores the calls that were live when the previous instance stopped. */
  load(): Promise<void>;
  /** Reads what an instance at another node has stored of a call. Never rejects. */
  read(callId: ProviderCallId): Promise<void>;
  /** Records what provides the transcript of a live call. */
  noteText(callId: ProviderCallId, text: Pick<LiveCall, 'hasTranscript' | 'hasHistory'>): void;
  /** Returns what is known of a call. A call that is not tracked has no status. */
  known(callId: ProviderCallId): KnownCall;
  isLive(callId: ProviderCallId): boolean;
  /** Returns whether the type and the monitor URLs of a live call are known; true for any other call. */
  isDescribed(callId: ProviderCallId): boolean;
  /** Returns whether the report of an ended call, with its final cost, was received. */
  isReported(callId: ProviderCallId): boolean;
  /** Returns the live calls, the least recently reported first. */
  list(): readonly LiveCallSummary[];
  monitorUrl(callId: ProviderCallId, kind: 'listen' | 'control'): MonitorUrl;
  /** Returns what limits the capabilities of a call; undefined if it is not tracked. */
  traits(callId: ProviderCallId): CallTraits | undefined;
  /** Records that Vapi has refused a capability for a live call. */
  refuse(callId: ProviderCallId, capability: Capability): void;
  /** Applies events and a call object. Resolves once the state is stored; a failing store is logged. */
  apply(
    callId: ProviderCallId,
    events: readonly ProviderEvent[],
    call?: VapiCall,
    source?: ObjectSource,
  ): Promise<void>;
  /** Notifies the observers of a change outside of this registry. */
  notifyChanged(callId: ProviderCallId): void;
  clear(): void;
}

/** Returns a registry without calls. */
export function createLiveCalls({ host, monitorHosts }: LiveCallsDeps): LiveCalls {
  const live = new Map<ProviderCallId, LiveCall>();
  /** Whether each ended call was reported. */
  const ended = new BoundedMap<ProviderCallId, { assistantSeen: boolean; isReported: boolean }>(
    MAX_ENDED_CALLS,
  );
  const store = createCallStore(host);
  const isShared = host.state.isShared === true;
  const observers: LiveCallObserver[] = [];
  let isLimitLogged = false;

  /** Returns the live call, tracking it from now on; undefined if it has ended or the limit is reached. */
  function track(callId: ProviderCallId, initial?: LiveCall): LiveCall | undefined {
    const known = live.get(callId);
    if (known || ended.has(callId)) return known;
    if (live.size >= MAX_LIVE_CALLS) {
      if (!isLimitLogged)
        host.log.warn('call not tracked: live call limit reached', { limit: MAX_LIVE_CALLS });
      isLimitLogged = true;
      return undefined;
    }
    const call = initial ?? createLiveCall(host.clock.elapsed());
    live.set(callId, call);
    return call;
  }

  function end(callId: ProviderCallId, events: readonly ProviderEvent[]): void {
    const assistantSeen = live.get(callId)?.assistantSeen ?? false;
    live.delete(callId);
    if (!ended.has(callId)) ended.set(callId, { assistantSeen, isReported: false });
    const hasCost = events.some((event) => event.type === 'call.report' && event.cost !== undefined);
    if (hasCost) ended.get(callId)!.isReported = true;
    for (const observer of observers) observer.ended?.(callId);
  }

  function notifyChanged(callId: ProviderCallId): void {
    for (const observer of observers) observer.changed?.(callId);
  }

  return {
    subscribe: (observer) => void observers.push(observer),
    async load() {
      for (const [callId, call] of await store.load()) {
        if (!track(callId, call)) continue;
        for (const observer of observers) observer.restored?.(callId);
        notifyChanged(callId);
      }
    },
    async read(callId) {
      const other = await store.read(callId);
      if (!other || ended.has(callId)) return;
      const known = live.get(callId);
      if (known) mergeCall(known, other);
      else if (track(callId, other)) for (const observer of observers) observer.restored?.(callId);
      notifyChanged(callId);
    },
    noteText(callId, { hasTranscript, hasHistory }) {
      const call = live.get(callId);
      if (!call) return;
      call.hasTranscript ||= hasTranscript;
      call.hasHistory ||= hasHistory;
    },
    known(callId) {
      const call = live.get(callId);
      if (call) {
        const { status, answeredAt, assistantSeen, hasTranscript, hasHistory } = call;
        return {
          isKnown: true,
          status,
          answeredAt,
          assistantSeen,
          ...(isShared && { hasTranscript, hasHistory }),
        };
      }
      const past = ended.get(callId);
      return past
        ? { isKnown: true, status: 'ENDED', assistantSeen: past.assistantSeen }
        : { assistantSeen: false };
    },
    isLive: (callId) => live.has(callId),
    isDescribed(callId) {
      const call = live.get(callId);
      return call === undefined || isDescribed(call);
    },
    isReported: (callId) => ended.get(callId)?.isReported ?? false,
    list: () =>
      [...live]
        .map(([callId, { lastSeenAt }]) => ({ callId, lastSeenAt }))
        .toSorted((a, b) => a.lastSeenAt - b.lastSeenAt),
    monitorUrl(callId, kind) {
      const monitor = live.get(callId)?.monitor;
      if (!monitor) return 'unknown';
      // Vapi offers no listen socket for these calls.
      if (kind === 'listen' && live.get(callId)?.isGptLive) return 'none';
      return readMonitorUrl(monitor[`${kind}Url`], kind, callId, monitorHosts) ?? 'none';
    },
    async apply(callId, events, object, source = 'message') {
      if (events.some(({ type }) => type === 'call.ended')) {
        end(callId, events);
        return store.remove(callId);
      }
      const call = track(callId);
      if (!call) return;
      call.lastSeenAt = host.clock.elapsed();
      for (const event of events) applyEvent(call, event);
      if (object) applyCallObject(call, object, source);
      notifyChanged(callId);
      await store.save(callId, call);
    },
    traits: (callId) => live.get(callId),
    refuse(callId, capability) {
      live.get(callId)?.refused.add(capability);
      notifyChanged(callId);
    },
    notifyChanged,
    clear: () => live.clear(),
  };
}
