/**
 * The host that a plugin meets in a test: everything it does is written down, and the outside world is a script.
 * Call `verify()` at the end of each test: it fails if a fake was used as the real thing must not be.
 */
import {
  FaultError,
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
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeFetch, type FakeFetch, type FakeRequest } from './fake-fetch.ts';
import { createFakeSocket, type FakeSocket } from './fake-socket.ts';
import { createFakeState, type FakeState } from './fake-state.ts';
import { createFakeStream, type FakeStream } from './fake-stream.ts';
import { createMisuseLog } from './misuse.ts';

/** What a fake host is made of; each part has a default. */
export interface FakeHostOptions {
  /** Shared by several hosts, for a restart: a second host with the same clock and state. */
  readonly clock?: FakeClock;
  readonly state?: FakeState;
  /** The address of the instance's ingress, ending in a slash. */
  readonly publicUrl?: string;
}

/** One line of the log. */
export interface FakeLogEntry {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** A socket that the plugin dialled. */
export interface FakeDial {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMessageBytes?: number;
  /** The far end, once the dial was answered. */
  readonly peer: FakeSocket | undefined;
}

/** Takes the far end of a socket before the plugin has its own. */
export type FakeService = (peer: FakeSocket) => void;

/**
 * Answers a dial by returning, refuses it by throwing, and leaves it unanswered by a promise that stays open. What is
 * returned is given the far end of the socket.
 */
export type FakeDialAnswer = (dial: FakeDial) => void | FakeService | Promise<void | FakeService>;

/** A host that keeps what it was told, and can be made to want, answer and refuse. */
export interface FakeHost extends ProviderHost {
  readonly clock: FakeClock;
  readonly state: FakeState;
  readonly events: readonly ProviderEvent[];
  readonly streams: readonly FakeStream[];
  readonly logs: readonly FakeLogEntry[];
  readonly requests: readonly FakeRequest[];
  /** How many requests were neither answered nor given up. */
  readonly openRequests: number;
  readonly dials: readonly FakeDial[];
  /** How many dials were neither answered nor given up. */
  readonly openDials: number;
  /** Number of listeners for changes of demand. */
  readonly wantsListeners: number;
  /** The events of one type, in order. */
  eventsOf<Type extends ProviderEventType>(type: Type): readonly ProviderEventOf<Type>[];
  /** Everything that was logged, as one text: to search it for what must not be there. */
  logText(): string;
  /** Makes someone want, or no longer want, something of a call, and tells the listeners. */
  setDemand(kind: DemandKind, callId: string, isDemanded: boolean): void;
  readonly respond: FakeFetch['respond'];
  /** Answers every dial from now on. Until then a dial is a misuse. */
  answerDials(answer: FakeDialAnswer): void;
  /** @throws {Error} when a fake was misused. */
  readonly verify: () => void;
}

const DEFAULT_PUBLIC_URL = 'https://calls.example.com/providers/fake/';
const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof Logger)[];

const isEvent = (event: ProviderEvent): boolean =>
  PROVIDER_EVENT_TYPES.includes(event.type) &&
  typeof event.providerCallId === 'string' &&
  event.providerCallId.length > 0 &&
  Number.isSafeInteger(event.occurredAt);

/** How many tokens were given out, by the memory in which they may have been kept: none comes again after a restart. */
const tokens = new WeakMap<FakeState, number>();

/** A host with nothing in it. */
export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const misuse = createMisuseLog();
  const clock = options.clock ?? createFakeClock();
  const base = new URL(options.publicUrl ?? DEFAULT_PUBLIC_URL);
  const state = options.state ?? createFakeState(misuse);
  const http = createFakeFetch(misuse);
  const events: ProviderEvent[] = [];
  const streams: FakeStream[] = [];
  const logs: FakeLogEntry[] = [];
  const dials: FakeDial[] = [];
  const demands = new Set<string>();
  const listeners = new Set<(callId: ReturnType<typeof providerCallId>) => void>();
  let answerDial: FakeDialAnswer | undefined;
  let openDials = 0;

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
    dials,
    requests: http.requests,
    get openRequests() {
      return http.openRequests;
    },
    fetch: http.fetch,
    respond: http.respond,
    verify: misuse.verify,
    emit(event) {
      if (isEvent(event)) events.push(event);
      else misuse.report(`what was emitted is no event: ${JSON.stringify(event)}`);
    },
    openStream(streamOptions) {
      const stream = createFakeStream(streamOptions, misuse);
      streams.push(stream);
      return stream;
    },
    hasDemand: (kind, callId) => demands.has(`${kind} ${callId}`),
    onDemandChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publicUrl(path) {
      if (path.startsWith('/')) throw misuse.report(`the path ${path} of a public URL begins with a slash`);
      return new URL(path, base);
    },
    async dial(url, { headers = {}, signal, maxMessageBytes }) {
      const { socket, peer } = createFakeSocket();
      const dial = {
        url,
        headers,
        peer: undefined,
        ...(maxMessageBytes !== undefined && { maxMessageBytes }),
      };
      const index = dials.push(dial) - 1;
      if (!answerDial) throw misuse.report(`no answer is scripted for dialling ${url.host}`);
      openDials++;
      try {
        const serve = await Promise.race([answerDial(dial), timeout(signal, url.host)]);
        dials[index] = { ...dial, peer };
        serve?.(peer);
      } finally {
        openDials--;
      }
      return socket;
    },
    randomToken() {
      const token = (tokens.get(state) ?? 0) + 1;
      tokens.set(state, token);
      return `fake-token-${token}`;
    },
    get openDials() {
      return openDials;
    },
    get wantsListeners() {
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
    answerDials(answer) {
      answerDial = answer;
    },
  };
}

function timeout(signal: AbortSignal, hostName: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new FaultError('PROVIDER_TIMEOUT', `${hostName} did not answer in time`));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
