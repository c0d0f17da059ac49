/** What a plugin may touch, made of the daemon's parts. While the gate is shut, nothing it tells gets in. */
import { randomBytes } from 'node:crypto';
import {
  messageOf,
  type CallId,
  type Clock,
  type Logger,
  type MediaStream,
  type MediaStreamOptions,
  type PluginState,
  type ProviderEvent,
  type ProviderHost,
  type ProviderId,
} from '@sidetone/core';
import type { CallBook } from '../app/call-book.ts';
import type { Ingest } from '../app/ingest.ts';
import type { StateStore, WantsBook } from '../app/ports.ts';
import { dial } from './dial.ts';
import { mistakeIn } from './event-check.ts';

export interface HostDeps {
  readonly ingest: Ingest;
  readonly book: CallBook;
  readonly streams: {
    open(callId: CallId, options: MediaStreamOptions): MediaStream;
    has(callId: CallId): boolean;
  };
  readonly interest: WantsBook;
  readonly stateStore: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** The daemon's address as providers see it. */
  readonly publicUrl: () => URL;
  readonly socketMessageBytes: number;
}

/** Opened when the provider starts, shut when it has stopped. */
export interface Gate {
  isOpen: boolean;
  /** Events dropped since the start: because the gate was shut, or because they were none. */
  droppedEvents: number;
}

/** How long a request of a plugin may take when it gives no signal of its own. */
const FETCH_TIMEOUT_MS = 30_000;
const MAX_STATE_BYTES = 64 * 1024;

export function createHost(providerId: ProviderId, gate: Gate, deps: HostDeps): ProviderHost {
  const { ingest, book, interest, clock, log } = deps;

  function drop(mistake: string): void {
    if (gate.droppedEvents++ === 0)
      log.warn('an event of the plugin was dropped', { code: 'PLUGIN_EVENT_INVALID', mistake });
  }

  function emit(event: ProviderEvent): void {
    try {
      if (!gate.isOpen) return drop('the provider is not running');
      const mistake = mistakeIn(event);
      if (mistake !== undefined) return drop(mistake);
      ingest.accept(providerId, event);
    } catch (error) {
      log.error('an event could not be taken', { reason: messageOf(error), error });
    }
  }

  return {
    emit,
    clock,
    log,
    openStream(options) {
      if (!gate.isOpen) return DEAF_STREAM;
      const { providerCallId } = options;
      const callId = ingest.accept(providerId, {
        type: 'call.started',
        providerCallId,
        occurredAt: clock.now(),
      });
      return deps.streams.open(callId, options);
    },
    wants(want, providerCallId) {
      const callId = ingest.liveId(providerId, providerCallId);
      return callId !== undefined && interest.wants(want, callId);
    },
    onWantsChange: (listener) =>
      interest.listen((callId) => {
        const calls = callId === undefined ? book.live(providerId) : [book.get(callId)];
        for (const call of calls) if (call?.providerId === providerId) listener(call.providerCallId);
      }),
    publicUrl: (path) => new URL(`providers/${providerId}/${path}`, deps.publicUrl()),
    fetch: (input, init) =>
      fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(FETCH_TIMEOUT_MS) }),
    dial: (url, options) => dial(url, options, deps.socketMessageBytes),
    randomToken: () => randomBytes(32).toString('base64url'),
    state: createState(providerId, deps.stateStore),
  };
}

/** What a plugin gets that opens a stream when it must not: it may write, and nobody hears. */
const DEAF_STREAM: MediaStream = { write: () => undefined, gap: () => undefined, end: () => undefined };

function createState(providerId: ProviderId, store: StateStore): PluginState {
  return {
    get: async (key) => store.get(providerId, key),
    async set(key, value) {
      if (Buffer.byteLength(value) > MAX_STATE_BYTES)
        throw new RangeError(`state of more than ${MAX_STATE_BYTES} bytes`);
      store.set(providerId, key, value);
    },
    delete: async (key) => store.delete(providerId, key),
    list: async (prefix) => store.list(providerId, prefix),
  };
}
