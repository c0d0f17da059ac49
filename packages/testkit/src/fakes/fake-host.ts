/**
 * A host for tests of plugins. It records what the plugin does, and the test scripts everything outside the plugin. Call
 * `verify()` at the end of each test: it throws if the plugin used the host incorrectly.
 */
import {
  PROVIDER_EVENT_TYPES,
  providerCallId,
  type LogFields,
  type Logger,
  type ProviderEvent,
  type ProviderEventOf,
  type ProviderEventType,
  type ProviderHost,
  type DemandKind,
} from '@sidetone/core';
import { recordOf } from '../checks/collections.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeDialler, type FakeDial, type FakeDialAnswer } from './fake-dial.ts';
import { createFakeFetch, type FakeFetch, type FakeRequest } from './fake-fetch.ts';
import { createFakeState, type FakeState } from './fake-state.ts';
import { createFakeStream, type FakeStream } from './fake-stream.ts';
import { createUsageErrorLog } from './usage-errors.ts';

/** Options of a fake host. All have defaults. */
export interface FakeHostOptions {
  /** To simulate a restart, create a second host with the clock and state of the first. */
  readonly clock?: FakeClock;
  readonly state?: FakeState;
  /**
   * Whether other instances change the state at the same time. To simulate the nodes of a cluster, create a host for each, with one
   * clock and one state.
   */
  readonly isStateShared?: boolean;
  /** Base URL of the ingress, with a trailing slash. */
  readonly publicUrl?: string;
  /** Whether other machines can reach the daemon. Default: false. */
  readonly isExposed?: boolean;
  /** The country of national numbers. */
  readonly country?: string;
  /** What `randomToken` returns, in this order. Later tokens are made up. */
  readonly tokens?: readonly string[];
}

/** A log entry. */
export interface FakeLogEntry {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** A host that records what the plugin does, with controls for the test. */
export interface FakeHost extends ProviderHost {
  readonly clock: FakeClock;
  readonly state: FakeState;
  readonly events: readonly ProviderEvent[];
  readonly streams: readonly FakeStream[];
  readonly logs: readonly FakeLogEntry[];
  readonly requests: readonly FakeRequest[];
  /** Number of requests that have neither been answered nor aborted. */
  readonly openRequests: number;
  readonly dials: readonly FakeDial[];
  /** How many of the handshakes were requested with `guarded.dial`. */
  readonly guardedDials: number;
  /** Number of handshakes that have neither been answered nor aborted. */
  readonly openDials: number;
  /** The requests and handshakes that have neither been answered nor aborted. */
  readonly unanswered: readonly object[];
  /** How often each limit of the plugin was reached. */
  readonly limits: ReadonlyMap<string, number>;
  /** Number of listeners for changes of demand. */
  readonly demandListeners: number;
  /** Returns the events of one type, in order. */
  eventsOf<Type extends ProviderEventType>(type: Type): readonly ProviderEventOf<Type>[];
  /** Returns the whole log as text, to search it for what must not be logged. */
  logText(): string;
  /** Sets the demand for live data of a call, and notifies the listeners. */
  setDemand(kind: DemandKind, callId: string, isDemanded: boolean): void;
  readonly respond: FakeFetch['respond'];
  /** Sets the function that answers handshakes. Without it, a dial is a usage error. */
  answerDials(answer: FakeDialAnswer): void;
  /** Forgets the demand, events, streams, log entries, requests and handshakes so far. */
  forget(): void;
  /** @throws {Error} if the plugin used the host incorrectly. */
  readonly verify: () => void;
}

const DEFAULT_PUBLIC_URL = 'https://calls.example.com/providers/fake/';
const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof Logger)[];

const isEvent = (event: ProviderEvent): boolean =>
  PROVIDER_EVENT_TYPES.includes(event.type) &&
  typeof event.providerCallId === 'string' &&
  event.providerCallId.length > 0 &&
  Number.isSafeInteger(event.occurredAt);

/** Number of tokens by state store, so that tokens are not repeated after a simulated restart. */
const tokens = new WeakMap<FakeState['entries'], number>();

/** Creates a host. */
export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const usageErrors = createUsageErrorLog();
  const clock = options.clock ?? createFakeClock();
  const base = new URL(options.publicUrl ?? DEFAULT_PUBLIC_URL);
  const given = options.state ?? createFakeState(usageErrors);
  const { isStateShared: isShared } = options;
  const state: FakeState = isShared === undefined ? given : { ...given, isShared };
  const http = createFakeFetch(usageErrors);
  const dialler = createFakeDialler(usageErrors);
  let guardedDials = 0;
  const events = recordOf<ProviderEvent>();
  const streams = recordOf<FakeStream>();
  const logs = recordOf<FakeLogEntry>();
  const demands = new Set<string>();
  const limits = new Map<string, number>();
  const listeners = new Set<(callId: ReturnType<typeof providerCallId>) => void>();

  const log = Object.fromEntries(
    LEVELS.map((level) => [
      level,
      (message: string, fields: LogFields = {}) => void logs.push({ level, message, fields }),
    ]),
  ) as unknown as Logger;

  return {
    clock,
    log,
    state,
    events,
    streams,
    logs,
    dials: dialler.dials,
    requests: http.requests,
    get openRequests() {
      return http.openRequests;
    },
    fetch: http.fetch,
    respond: http.respond,
    verify: usageErrors.verify,
    emit(event) {
      if (isEvent(event)) events.push(event);
      else usageErrors.report(`emit: invalid event ${JSON.stringify(event)}`);
    },
    openStream(streamOptions) {
      const stream = createFakeStream(streamOptions, usageErrors);
      streams.push(stream);
      return stream;
    },
    hasDemand: (kind, callId) => demands.has(`${kind} ${callId}`),
    onDemandChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publicUrl(path, scheme = 'http') {
      if (path.startsWith('/'))
        throw usageErrors.report(`publicUrl: expected a path without a leading slash, received ${path}`);
      const url = new URL(path, base);
      return scheme === 'ws' ? new URL(url.href.replace(/^http/, 'ws')) : url;
    },
    isExposed: options.isExposed ?? false,
    ...(options.country !== undefined && { country: options.country }),
    dial: dialler.dial,
    guarded: {
      fetch: (url, { signal }) => http.fetch(url, { signal, redirect: 'manual' }),
      dial(url, options) {
        guardedDials++;
        return dialler.dial(url, options);
      },
    },
    get guardedDials() {
      return guardedDials;
    },
    limits,
    limitReached(limit, count = 1) {
      if (!/^[A-Za-z_.]{1,64}$/.test(limit)) usageErrors.report(`limitReached: invalid name ${limit}`);
      else if (count > 0) limits.set(limit, (limits.get(limit) ?? 0) + count);
    },
    randomToken() {
      const token = (tokens.get(state.entries) ?? 0) + 1;
      tokens.set(state.entries, token);
      return options.tokens?.[token - 1] ?? `fake-token-${token}`;
    },
    get unanswered() {
      return [...http.unanswered, ...dialler.unanswered];
    },
    get openDials() {
      return dialler.openDials;
    },
    get demandListeners() {
      return listeners.size;
    },
    eventsOf: <Type extends ProviderEventType>(type: Type) =>
      events.filter((event): event is ProviderEventOf<Type> & ProviderEvent => event.type === type),
    logText: () => JSON.stringify(logs),
    setDemand(kind, callId, isDemanded) {
      if (isDemanded) demands.add(`${kind} ${callId}`);
      else demands.delete(`${kind} ${callId}`);
      for (const listener of listeners) listener(providerCallId(callId));
    },
    answerDials: dialler.answerDials,
    forget() {
      for (const list of [events, streams, logs]) list.length = 0;
      demands.clear();
      http.forget();
      dialler.forget();
    },
  };
}
