/**
 * What this instance remembers of each live call: its status, its monitor addresses and its listen session. The
 * addresses are also kept in the durable state, because after a restart the next webhook may be minutes away.
 */
import { instantOf, objectOf, parseJson, definedFields, textOf } from '@sidetone/plugin-kit';
import {
  providerCallId,
  CALL_STATUSES,
  NEXT_STATUSES,
  type CallStatus,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderEventType,
  type ProviderHost,
} from '@sidetone/core';
import type { VapiCall } from './call-object.ts';
import { readMonitorUrl } from './monitor-url.ts';
import type { ListenSession } from '../session.ts';
import type { KnownCall } from './call-events.ts';

/** How many live calls are remembered; those beyond are reported but can be neither heard nor steered. */
export const MAX_LIVE_CALLS = 10_000;
/** How many ended calls are remembered, so that late webhooks do not bring them back. */
export const MAX_ENDED_CALLS = 2000;
/** How old a remembered address may be at a start, ms. A call lasts 12 hours at most. */
export const MAX_STATE_AGE_MS = 24 * 60 * 60 * 1000;

const STATE_PREFIX = 'call/';

/** An address of a live call: where it is, that there is none we may use, or that nobody told yet. */
export type MonitorAddress = URL | 'none' | 'untold';

/** Events that show a call to be in progress, as the daemon concludes it too. */
const SHOW_PROGRESS: ReadonlySet<ProviderEventType> = new Set([
  'utterance.partial',
  'utterance.final',
  'speech.started',
  'speech.stopped',
  'assistant.changed',
  'transfer.started',
]);

interface LiveCall {
  status: CallStatus | undefined;
  /** When the status was last told, epoch ms. */
  statusAt: number;
  /** When anything was last told, epoch ms. */
  heardAt: number;
  /** Whether more than its id was told. */
  isDescribed: boolean;
  assistantSeen: boolean;
  monitor: { listenUrl?: string; controlUrl?: string } | undefined;
  saved: string;
  readonly session: ListenSession;
}

interface EndedCall extends KnownCall {
  readonly status: 'ENDED';
  /** Whether its report has come, with settled costs. */
  isReported: boolean;
}

/** What a sweep wants to know of a live call. */
export interface LiveCallSummary {
  readonly callId: ProviderCallId;
  readonly heardAt: number;
}

export interface LiveCallsDeps {
  readonly host: Pick<ProviderHost, 'state' | 'clock' | 'log'>;
  readonly monitorHosts: readonly string[];
  /** Told of each call that was live when the last instance stopped. */
  readonly onLoaded: (callId: ProviderCallId) => void;
  readonly createSession: (callId: ProviderCallId) => ListenSession;
}

export interface LiveCalls {
  /** Takes up the calls that were live when the last instance stopped. */
  load(): Promise<void>;
  known(callId: ProviderCallId): KnownCall;
  /** Whether a live call was told of with more than its id; true for one that is not live. */
  isDescribed(callId: ProviderCallId): boolean;
  /** Whether nothing more is expected of a call that ended. */
  isReported(callId: ProviderCallId): boolean;
  /** The live calls, the one that was heard of longest ago first. */
  list(): readonly LiveCallSummary[];
  address(callId: ProviderCallId, kind: 'listen' | 'control'): MonitorAddress;
  /** Takes in what events and a call object tell. Settles when it is stored; a store that fails is no failure here. */
  observe(callId: ProviderCallId, events: readonly ProviderEvent[], call?: VapiCall): Promise<void>;
  update(callId: ProviderCallId): void;
  /** Stops every session. */
  stop(): void;
}

/** A memory with nothing in it. Whoever makes it stops it. */
export function createLiveCalls({ host, monitorHosts, onLoaded, createSession }: LiveCallsDeps): LiveCalls {
  const live = new Map<ProviderCallId, LiveCall>();
  const ended = new Map<ProviderCallId, EndedCall>();
  let forgotten = 0;

  function remember(callId: ProviderCallId): LiveCall | undefined {
    const known = live.get(callId);
    if (known || ended.has(callId)) return known;
    if (live.size >= MAX_LIVE_CALLS) {
      forgotten++;
      if (forgotten === 1)
        host.log.warn('too many live calls to remember them all', { limit: MAX_LIVE_CALLS });
      return undefined;
    }
    const call: LiveCall = {
      status: undefined,
      statusAt: 0,
      heardAt: host.clock.now(),
      isDescribed: false,
      assistantSeen: false,
      monitor: undefined,
      saved: '',
      session: createSession(callId),
    };
    live.set(callId, call);
    return call;
  }

  function bury(callId: ProviderCallId): void {
    const call = live.get(callId);
    live.delete(callId);
    call?.session.stop('the call ended');
    if (!ended.has(callId)) {
      const assistantSeen = call?.assistantSeen ?? false;
      ended.set(callId, { isKnown: true, status: 'ENDED', assistantSeen, isReported: false });
    }
    const oldest = ended.size > MAX_ENDED_CALLS ? ended.keys().next().value : undefined;
    if (oldest !== undefined) ended.delete(oldest);
  }

  /** Statuses may be told in any order, and only go forward: the rules are those of the daemon. */
  function advance(call: LiveCall, status: CallStatus, at: number): void {
    if (call.status === undefined || call.status === status) {
      call.status = status;
    } else {
      const allowed: readonly CallStatus[] = NEXT_STATUSES[call.status];
      const isLateNews = call.status === 'FORWARDING' && at <= call.statusAt;
      if (!allowed.includes(status) || isLateNews) return;
      call.status = status;
    }
    call.statusAt = Math.max(call.statusAt, at);
  }

  function learn(call: LiveCall, event: ProviderEvent): void {
    if (event.type === 'call.started' && event.status) advance(call, event.status, event.occurredAt);
    if (event.type === 'assistant.changed') call.assistantSeen = true;
    const isWaiting = call.status === undefined || call.status === 'QUEUED' || call.status === 'RINGING';
    if (isWaiting && SHOW_PROGRESS.has(event.type)) advance(call, 'IN_PROGRESS', event.occurredAt);
  }

  async function store(callId: ProviderCallId, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      host.log.warn('what is known of a call could not be stored', { providerCallId: callId, error });
    }
  }

  async function save(callId: ProviderCallId, call: LiveCall): Promise<void> {
    const { status, assistantSeen, monitor } = call;
    const content = JSON.stringify({ status, assistantSeen, monitor });
    if (content === call.saved || !monitor) return;
    call.saved = content;
    const value = JSON.stringify({ status, assistantSeen, monitor, savedAt: host.clock.now() });
    await store(callId, () => host.state.set(STATE_PREFIX + callId, value));
  }

  function markReported(callId: ProviderCallId, events: readonly ProviderEvent[]): void {
    const call = ended.get(callId);
    const tellsAll = events.some((event) => event.type === 'call.report' && event.cost !== undefined);
    if (call && tellsAll) call.isReported = true;
  }

  return {
    async load() {
      for (const [key, value] of await host.state.list(STATE_PREFIX)) {
        const record = objectOf(parseJson(value));
        const savedAt = instantOf(record['savedAt']) ?? 0;
        const callId = providerCallId(key.slice(STATE_PREFIX.length));
        if (host.clock.now() - savedAt > MAX_STATE_AGE_MS) {
          await store(callId, () => host.state.delete(key));
          continue;
        }
        const call = remember(callId);
        if (!call) continue;
        const monitor = objectOf(record['monitor']);
        call.status = CALL_STATUSES.find((status) => status === record['status']);
        call.heardAt = savedAt;
        call.isDescribed = true;
        call.assistantSeen = record['assistantSeen'] === true;
        call.monitor = definedFields({
          listenUrl: textOf(monitor['listenUrl']),
          controlUrl: textOf(monitor['controlUrl']),
        });
        onLoaded(callId);
        call.session.update();
      }
    },
    known(callId) {
      const call = live.get(callId);
      if (!call) return ended.get(callId) ?? { assistantSeen: false };
      return { isKnown: true, assistantSeen: call.assistantSeen, ...definedFields({ status: call.status }) };
    },
    isDescribed: (callId) => live.get(callId)?.isDescribed ?? true,
    isReported: (callId) => ended.get(callId)?.isReported ?? false,
    list: () =>
      [...live]
        .map(([callId, { heardAt }]) => ({ callId, heardAt }))
        .toSorted((a, b) => a.heardAt - b.heardAt),
    address(callId, kind) {
      const monitor = live.get(callId)?.monitor;
      return monitor
        ? (readMonitorUrl(monitor[`${kind}Url`], kind, callId, monitorHosts) ?? 'none')
        : 'untold';
    },
    async observe(callId, events, told) {
      if (events.some(({ type }) => type === 'call.ended')) {
        bury(callId);
        markReported(callId, events);
        await store(callId, () => host.state.delete(STATE_PREFIX + callId));
        return;
      }
      const call = remember(callId);
      if (!call) return;
      call.heardAt = host.clock.now();
      for (const event of events) learn(call, event);
      if (told?.monitor) call.monitor = { ...call.monitor, ...told.monitor };
      if (told && (told.type ?? told.createdAt ?? told.monitor) !== undefined) call.isDescribed = true;
      call.session.update();
      await save(callId, call);
    },
    update: (callId) => live.get(callId)?.session.update(),
    stop() {
      for (const { session } of live.values()) session.stop('the provider stopped');
      live.clear();
    },
  };
}
