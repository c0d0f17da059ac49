/** The listen sessions of all live calls. Each follows the demand for, and the state of, its call. */
import type { ProviderCallId, ProviderHost, Secret } from '@sidetone/core';
import type { LiveCalls } from './calls/live-calls.ts';
import type { ListenOptions } from './config.ts';
import { createListenSession, type ListenSession } from './media/listen-session.ts';
import type { TransportCalls } from './media/transport-calls.ts';
import type { CallLookup } from './rest/call-lookup.ts';
import type { CallRefresher } from './rest/call-refresher.ts';

interface ListenSessionsDeps {
  readonly host: ProviderHost;
  readonly publicKey: Secret | undefined;
  readonly options: ListenOptions;
  readonly calls: Pick<LiveCalls, 'subscribe' | 'isLive' | 'known' | 'monitorUrl'>;
  readonly transportCalls: Pick<TransportCalls, 'has'>;
  readonly lookup: Pick<CallLookup, 'start'>;
  readonly refresher: Pick<CallRefresher, 'check'>;
}

interface ListenSessions {
  /** Starts to follow the demand for the tracked calls. */
  start(): void;
  /** Closes all connections. */
  stop(): void;
}

/** Returns the sessions. The caller must stop them. */
export function createListenSessions(deps: ListenSessionsDeps): ListenSessions {
  const { host, publicKey, options, calls, transportCalls, lookup, refresher } = deps;
  const sessions = new Map<ProviderCallId, ListenSession>();
  let unsubscribe: (() => void) | undefined;

  const create = (callId: ProviderCallId): ListenSession =>
    createListenSession({
      host,
      providerCallId: callId,
      publicKey,
      options,
      listenUrl() {
        const url = calls.monitorUrl(callId, 'listen');
        return url instanceof URL ? url : undefined;
      },
      hasAudio() {
        const { status } = calls.known(callId);
        // The audio of a transport call arrives on its transport socket.
        return (status === 'IN_PROGRESS' || status === 'FORWARDING') && !transportCalls.has(callId);
      },
      requestCall() {
        if (calls.monitorUrl(callId, 'listen') === 'unknown') lookup.start(callId);
      },
      check: () => refresher.check(callId),
    });

  function update(callId: ProviderCallId): void {
    if (!calls.isLive(callId)) return;
    const session = sessions.get(callId) ?? create(callId);
    sessions.set(callId, session);
    session.update();
  }

  calls.subscribe({
    changed: update,
    ended(callId) {
      sessions.get(callId)?.callEnded('the call ended', () => sessions.delete(callId));
    },
  });

  return {
    start() {
      unsubscribe = host.onDemandChange(update);
    },
    stop() {
      unsubscribe?.();
      for (const session of sessions.values()) session.stop('the provider stopped');
      sessions.clear();
    },
  };
}
