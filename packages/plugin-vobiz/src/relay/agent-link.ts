/**
 * The connection to the agent of one stream. The agent is shown what Vobiz would show it: the start first, then the rest
 * as it came. A lost connection is dialled again, and begins with the same start. An agent that does not read loses the
 * oldest audio, never another message.
 */
import { FaultError, isFault, type ProviderCallId, type ProviderHost, type Socket } from '@sidetone/core';

/** How many messages may be on their way to the agent at once. */
export const MAX_IN_FLIGHT = 16;
/** How many audio messages wait for an agent that does not read: a second of 20 ms frames. */
export const MAX_WAITING_MEDIA = 50;
/** How many audio messages wait for an agent that is being dialled: two seconds of 20 ms frames. */
export const MAX_HELD_MEDIA = 100;
/** How many other messages wait. Beyond, the agent's socket is cut: it has stopped listening. */
export const MAX_WAITING_CONTROLS = 200;
/** The wait before the first further attempt to connect, ms; each one after is twice as long, up to the longest. */
export const RECONNECT_FIRST_MS = 250;
export const RECONNECT_LONGEST_MS = 4000;
/** How long a connection has to hold for its loss to be the first again, ms. */
export const STABLE_MS = 10_000;
/** How long the last messages may take before the socket is closed, ms. */
export const FLUSH_MS = 1000;

/** Closings by which an agent says that it is done: a proper one, and one that gives no code at all. */
const DELIBERATE: ReadonlySet<number> = new Set([1000, 1005]);
const GOING_AWAY = 1001;
const POLICY = 1008;

export interface AgentLinkDeps {
  readonly host: Pick<ProviderHost, 'clock' | 'log' | 'dial'>;
  readonly providerCallId: ProviderCallId;
  readonly url: URL;
  /** How long one attempt may take. */
  readonly connectTimeoutMs: number;
  /** How many further attempts there are, at the start and after each loss. */
  readonly retries: number;
  /** What every socket begins with: the start, as Vobiz sent it. */
  readonly greeting: () => string;
  readonly onMessage: (message: string | Uint8Array) => void;
  /** A connection was lost; it will be dialled again, or is given up. */
  readonly onLost: () => void;
  /** A connection that was lost is there again. */
  readonly onBack: () => void;
  /** The agent has closed its socket properly. */
  readonly onDone: () => void;
  /** Every attempt was made. */
  readonly onUnreachable: () => void;
}

export interface AgentLink {
  /** Connects in the background, with further attempts. */
  start(): void;
  /** Connects by a single attempt. @throws {FaultError} PROVIDER_UNREACHABLE. */
  connect(signal: AbortSignal): Promise<void>;
  /** Sends a message as it is, or keeps it for the connection. Audio may be left out, the oldest first. */
  send(message: string | Uint8Array, isMedia: boolean): void;
  /** Sends what waits, and closes. Nothing comes of the link any more. */
  close(): void;
  /** Closes at once. */
  cut(): void;
}

interface Waiting {
  readonly message: string | Uint8Array;
  readonly isMedia: boolean;
}

/** A link that is not connected yet. Whoever makes it closes or cuts it. */
export function createAgentLink(deps: AgentLinkDeps): AgentLink {
  const { host, providerCallId } = deps;
  const life = new AbortController();
  const counters = { dials: 0, lost: 0, droppedMedia: 0, droppedControls: 0 };
  let waiting: Waiting[] = [];
  let socket: Socket | undefined;
  let openedAt = 0;
  let inFlight = 0;
  let failures = 0;
  let wasLost = false;
  let cancelFlush: (() => void) | undefined;

  const isDone = (): boolean => life.signal.aborted;

  function finish(): void {
    if (isDone()) return;
    life.abort();
    host.log.debug('an agent link is done', { providerCallId, ...counters });
  }

  async function dial(signal?: AbortSignal): Promise<Socket> {
    const timeout = new AbortController();
    const cancel = host.clock.schedule(deps.connectTimeoutMs, () => timeout.abort());
    const signals = [life.signal, timeout.signal, ...(signal ? [signal] : [])];
    counters.dials++;
    try {
      return await host.dial(deps.url, { signal: AbortSignal.any(signals) });
    } finally {
      cancel();
    }
  }

  async function attempt(): Promise<Socket | undefined> {
    try {
      return await dial();
    } catch (error) {
      // The code alone: a message could hold the address, which may hold secrets.
      host.log.debug('an agent could not be reached', {
        providerCallId,
        code: isFault(error) ? error.code : 'UNKNOWN',
      });
      return undefined;
    }
  }

  async function keepTrying(): Promise<void> {
    while (!isDone()) {
      if (failures > 0) {
        const pause = RECONNECT_FIRST_MS * 2 ** (failures - 1);
        await host.clock.delay(Math.min(pause, RECONNECT_LONGEST_MS), life.signal);
        if (isDone()) return;
      }
      const dialled = await attempt();
      if (isDone()) return dialled?.close(GOING_AWAY);
      if (dialled) return open(dialled);
      if (++failures > deps.retries) return giveUp();
    }
  }

  function giveUp(): void {
    waiting = [];
    finish();
    deps.onUnreachable();
  }

  function open(opened: Socket): void {
    socket = opened;
    openedAt = host.clock.now();
    inFlight = 0;
    opened.onClose((code) => {
      if (socket === opened) ended(code);
    });
    transmit(opened, deps.greeting());
    pump();
    opened.onMessage((message) => {
      if (socket === opened && !isDone()) deps.onMessage(message);
    });
    if (wasLost) deps.onBack();
    wasLost = false;
  }

  function ended(code: number): void {
    socket = undefined;
    cancelFlush?.();
    if (isDone()) return;
    if (!DELIBERATE.has(code)) return lose();
    finish();
    deps.onDone();
  }

  function lose(): void {
    counters.lost++;
    wasLost = true;
    if (host.clock.now() - openedAt >= STABLE_MS) failures = 0;
    deps.onLost();
    if (isDone()) return;
    if (++failures > deps.retries) giveUp();
    else void keepTrying();
  }

  function transmit(to: Socket, message: string | Uint8Array): void {
    const sent = (): void => {
      if (socket !== to) return;
      inFlight--;
      pump();
    };
    inFlight++;
    to.send(message).then(sent, sent);
  }

  function pump(): void {
    while (inFlight < MAX_IN_FLIGHT) {
      const next = socket && waiting.shift();
      if (!socket || !next) break;
      transmit(socket, next.message);
    }
    if (isDone() && inFlight === 0 && waiting.length === 0) shut();
  }

  function shut(): void {
    cancelFlush?.();
    socket?.close(1000);
    socket = undefined;
  }

  function dropOldest(isMedia: boolean): void {
    const index = waiting.findIndex((each) => each.isMedia === isMedia);
    waiting.splice(index, 1);
    const name = isMedia ? 'droppedMedia' : 'droppedControls';
    if (counters[name]++ === 0) {
      host.log.warn('an agent does not take what is sent to it', { providerCallId, dropped: name });
    }
  }

  /** Keeps the bounds. */
  function trim(): void {
    let media = waiting.filter(({ isMedia }) => isMedia).length;
    for (const limit = socket ? MAX_WAITING_MEDIA : MAX_HELD_MEDIA; media > limit; media--) dropOldest(true);
    if (waiting.length - media <= MAX_WAITING_CONTROLS) return;
    const deaf = socket;
    if (!deaf) return dropOldest(false);
    socket = undefined;
    deaf.close(POLICY, 'too many messages wait');
    lose();
  }

  return {
    start: () => void keepTrying(),
    async connect(signal) {
      let dialled: Socket;
      try {
        dialled = await dial(signal);
      } catch (cause) {
        finish();
        throw new FaultError('PROVIDER_UNREACHABLE', 'the agent could not be reached', { cause });
      }
      if (isDone()) dialled.close(GOING_AWAY);
      else open(dialled);
    },
    send(message, isMedia) {
      if (isDone()) return;
      if (socket && waiting.length === 0 && inFlight < MAX_IN_FLIGHT) return transmit(socket, message);
      waiting.push({ message, isMedia });
      trim();
    },
    close() {
      if (isDone()) return;
      finish();
      if (!socket) waiting = [];
      else if (inFlight === 0 && waiting.length === 0) shut();
      else cancelFlush = host.clock.schedule(FLUSH_MS, shut);
    },
    cut() {
      finish();
      waiting = [];
      shut();
    },
  };
}
