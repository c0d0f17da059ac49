/**
 * What this instance remembers of each live call: its status, its monitor addresses and its listen session. The
 * addresses are also kept in the durable state, because after a restart the next webhook may be minutes away.
 */
import {
  instantOf,
  objectOf,
  parseJson,
  present,
  providerCallId,
  textOf,
  CALL_STATUSES,
  type CallStatus,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderHost,
} from '@sidetone/core';
import type { VapiCall } from './call-object.ts';
import { readMonitorUrl, type MonitorKind } from './monitor-url.ts';
import type { ListenSession } from './session.ts';
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

interface LiveCall {
  status: CallStatus | undefined;
  assistantSeen: boolean;
  monitor: { listenUrl?: string; controlUrl?: string } | undefined;
  saved: string;
  readonly session: ListenSession;
}

export interface LiveCallsDeps {
  readonly host: Pick<ProviderHost, 'state' | 'clock' | 'log'>;
  readonly monitorHosts: readonly string[];
  readonly createSession: (callId: ProviderCallId) => ListenSession;
}

export interface LiveCalls {
  /** Takes up the calls that were live when the last instance stopped. */
  load(): Promise<void>;
  known(callId: ProviderCallId): KnownCall;
  address(callId: ProviderCallId, kind: MonitorKind): MonitorAddress;
  /** Takes in what events and a call object tell. Settles when it is stored; a store that fails is no failure here. */
  observe(callId: ProviderCallId, events: readonly ProviderEvent[], call?: VapiCall): Promise<void>;
  update(callId: ProviderCallId): void;
  /** Stops every session. */
  stop(): void;
}

/** A memory with nothing in it. Whoever makes it stops it. */
export function createLiveCalls({ host, monitorHosts, createSession }: LiveCallsDeps): LiveCalls {
  const live = new Map<ProviderCallId, LiveCall>();
  const ended = new Map<ProviderCallId, KnownCall>();
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
    ended.set(callId, { status: 'ENDED', assistantSeen: call?.assistantSeen ?? false });
    const oldest = ended.size > MAX_ENDED_CALLS ? ended.keys().next().value : undefined;
    if (oldest !== undefined) ended.delete(oldest);
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
        call.assistantSeen = record['assistantSeen'] === true;
        call.monitor = present({
          listenUrl: textOf(monitor['listenUrl']),
          controlUrl: textOf(monitor['controlUrl']),
        });
        call.session.update();
      }
    },
    known(callId) {
      const call = live.get(callId);
      if (!call) return ended.get(callId) ?? { assistantSeen: false };
      return { assistantSeen: call.assistantSeen, ...present({ status: call.status }) };
    },
    address(callId, kind) {
      const monitor = live.get(callId)?.monitor;
      return monitor
        ? (readMonitorUrl(monitor[`${kind}Url`], kind, callId, monitorHosts) ?? 'none')
        : 'untold';
    },
    async observe(callId, events, told) {
      if (events.some(({ type }) => type === 'call.ended')) {
        bury(callId);
        await store(callId, () => host.state.delete(STATE_PREFIX + callId));
        return;
      }
      const call = remember(callId);
      if (!call) return;
      for (const event of events) {
        if (event.type === 'call.started' && event.status) call.status = event.status;
        if (event.type === 'assistant.changed') call.assistantSeen = true;
      }
      if (told?.monitor) call.monitor = { ...call.monitor, ...told.monitor };
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
