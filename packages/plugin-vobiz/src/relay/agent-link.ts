/**
 * The connection to the agent of one stream. The agent receives what Vobiz would send: the start first, then the other
 * messages unchanged. After a disconnect it is dialled again, and receives the same start.
 */
import { FaultError, type Socket } from '@sidetone/core';
import { createAgentDialer, type AgentDialer, type AgentDialerDeps } from './agent-dialer.ts';
import { createAgentQueue, type AgentQueue } from './agent-queue.ts';

/** How long a connection must last for its loss to count as the first again, ms. */
export const STABLE_MS = 10_000;
/** How long sending the last messages may take before the socket is closed, ms. */
export const FLUSH_TIMEOUT_MS = 1000;

/** Close codes by which an agent ends the stream: a normal close, with or without a code. */
const NORMAL_CLOSE: ReadonlySet<number> = new Set([1000, 1005]);
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;

interface AgentLinkDeps extends AgentDialerDeps {
  /** Returns the first message on each socket: the start as received from Vobiz. */
  readonly startMessage: () => string;
  readonly onMessage: (message: string | Uint8Array) => void;
  /** Called when the connection was lost, before further attempts. */
  readonly onDisconnected: () => void;
  readonly onReconnected: () => void;
  /** Called when the agent closed its socket normally. */
  readonly onClosedByAgent: () => void;
  /** Called when all attempts failed. */
  readonly onUnreachable: () => void;
}

/** A link is created disconnected. Its owner must close or cut it. */
export class AgentLink {
  readonly #deps: AgentLinkDeps;
  readonly #closed = new AbortController();
  readonly #dialer: AgentDialer;
  readonly #queue: AgentQueue;
  #socket: Socket | undefined;
  #openedAt = 0;
  #disconnects = 0;
  #isReconnecting = false;
  #cancelFlush: (() => void) | undefined;

  constructor(deps: AgentLinkDeps) {
    this.#deps = deps;
    this.#dialer = createAgentDialer(deps, this.#closed.signal);
    this.#queue = createAgentQueue({
      log: deps.host.log,
      providerCallId: deps.providerCallId,
      onOverflow: () => this.#overflow(),
      onIdle: () => {
        if (this.#isClosed) this.#shut();
      },
    });
  }

  /** Connects in the background, with retries. */
  start(): void {
    void this.#connectWithRetries();
  }

  /** Connects with a single attempt. @throws {FaultError} PROVIDER_UNREACHABLE. */
  async connect(signal: AbortSignal): Promise<void> {
    let dialled: Socket;
    try {
      dialled = await this.#dialer.dial(signal);
    } catch (cause) {
      this.#finish();
      throw new FaultError('PROVIDER_UNREACHABLE', 'connecting to the agent failed', { cause });
    }
    if (this.#isClosed) dialled.close(GOING_AWAY);
    else this.#open(dialled);
  }

  /** Sends a message unchanged, or buffers it for the connection. The oldest audio may be dropped. */
  send(message: string | Uint8Array, isMedia: boolean): void {
    if (!this.#isClosed) this.#queue.send(message, isMedia);
  }

  /** Sends what is buffered, then closes. No callback is called after that. */
  close(): void {
    if (this.#isClosed) return;
    this.#finish();
    if (!this.#socket) this.#queue.clear();
    else if (this.#queue.isIdle) this.#shut();
    else this.#cancelFlush = this.#deps.host.clock.schedule(FLUSH_TIMEOUT_MS, () => this.#shut());
  }

  /** Closes at once. */
  cut(): void {
    this.#finish();
    this.#queue.clear();
    this.#shut();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async #connectWithRetries(): Promise<void> {
    const dialled = await this.#dialer.dialWithRetries();
    if (this.#isClosed) dialled?.close(GOING_AWAY);
    else if (dialled) this.#open(dialled);
    else this.#giveUp();
  }

  #open(opened: Socket): void {
    const { host, startMessage, onMessage, onReconnected } = this.#deps;
    this.#socket = opened;
    this.#openedAt = host.clock.elapsed();
    opened.onClose((code) => {
      if (this.#socket === opened) this.#socketClosed(code);
    });
    this.#queue.connect(opened, startMessage());
    opened.onMessage((message) => {
      if (this.#socket === opened && !this.#isClosed) onMessage(message);
    });
    if (this.#isReconnecting) onReconnected();
    this.#isReconnecting = false;
  }

  #socketClosed(code: number): void {
    this.#detach();
    this.#cancelFlush?.();
    if (this.#isClosed) return;
    if (!NORMAL_CLOSE.has(code)) return this.#reconnect();
    this.#finish();
    this.#deps.onClosedByAgent();
  }

  #overflow(): void {
    this.#detach()?.close(POLICY_VIOLATION, 'too many buffered messages');
    this.#reconnect();
  }

  #reconnect(): void {
    this.#disconnects++;
    this.#isReconnecting = true;
    if (this.#deps.host.clock.elapsed() - this.#openedAt >= STABLE_MS) this.#dialer.resetFailures();
    this.#deps.onDisconnected();
    if (this.#isClosed) return;
    if (this.#dialer.addFailure()) void this.#connectWithRetries();
    else this.#giveUp();
  }

  #giveUp(): void {
    this.#queue.clear();
    this.#finish();
    this.#deps.onUnreachable();
  }

  /** Stops everything but sending what is buffered. */
  #finish(): void {
    if (this.#isClosed) return;
    this.#closed.abort();
    const { host, providerCallId } = this.#deps;
    const { media, controls } = this.#queue.dropped;
    host.limitReached?.('MAX_BUFFERED_MEDIA', media);
    host.limitReached?.('MAX_BUFFERED_CONTROLS', controls);
    host.log.debug('agent link closed', {
      providerCallId,
      dials: this.#dialer.dials,
      disconnects: this.#disconnects,
      droppedMedia: media,
      droppedControls: controls,
    });
  }

  #detach(): Socket | undefined {
    const detached = this.#socket;
    this.#socket = undefined;
    this.#queue.disconnect();
    return detached;
  }

  #shut(): void {
    this.#cancelFlush?.();
    this.#detach()?.close(1000);
  }
}
