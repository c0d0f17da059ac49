/**
 * The connection of a node to NATS. It connects again for as long as the daemon runs. Nothing that was sent is repeated, and
 * nothing waits for a connection that was lost: a sender learns at once that it has to decide.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { Msg, NatsConnection, Status } from '@nats-io/transport-node';
import type { BackOff } from './back-off.ts';
import { natsFailure } from './failure.ts';
import type { Wire, WireMessage } from './ports.ts';
import { Unconfirmed } from './unconfirmed.ts';

/** How long closing waits for messages that are on their way, ms. */
export const DRAIN_MS = 2000;

/** What became of messages and of the connection since the start. */
export interface ConnectionCounts {
  readonly reconnects: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Messages that were not sent: no connection, or too much waits. */
  readonly dropped: number;
  /** Listeners that threw an exception. */
  readonly listenerErrors: number;
}

export interface ConnectionDeps {
  readonly client: NatsConnection;
  readonly backOff: BackOff;
  /** The servers, for messages. */
  readonly servers: string;
  readonly clock: Pick<Clock, 'delay'>;
  readonly log: Logger;
}

export class ClusterConnection implements Wire {
  readonly #deps: ConnectionDeps;
  readonly #unconfirmed: Unconfirmed;
  readonly #listeners = new Set<(isConnected: boolean) => void>();
  #isConnected = true;
  #isClosing = false;
  #problem: FaultError | undefined;
  #reconnects = 0;
  #dropped = 0;
  #listenerErrors = 0;
  #maxPayloadBytes: number;

  /** @param deps `client` is connected */
  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
    this.#unconfirmed = new Unconfirmed(() => deps.client.flush());
    this.#maxPayloadBytes = deps.client.info?.max_payload ?? 0;
    void this.#follow();
    void deps.client.closed().then((error) => this.#closed(error ?? undefined));
  }

  /** For JetStream. */
  get client(): NatsConnection {
    return this.#deps.client;
  }

  /** The server that it is connected to, and its release. */
  get server(): { readonly server: string; readonly version: string } {
    const { client } = this.#deps;
    return { server: client.getServer(), version: client.info?.version ?? 'unknown' };
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Why the connection does not work; undefined if it does. */
  get problem(): FaultError | undefined {
    return this.#problem;
  }

  get maxPayloadBytes(): number {
    return this.#maxPayloadBytes;
  }

  get counts(): ConnectionCounts {
    const { inMsgs, outMsgs, inBytes, outBytes } = this.#deps.client.stats();
    return {
      reconnects: this.#reconnects,
      messagesIn: inMsgs,
      messagesOut: outMsgs,
      bytesIn: inBytes,
      bytesOut: outBytes,
      dropped: this.#dropped,
      listenerErrors: this.#listenerErrors,
    };
  }

  publish(subject: string, payload: Uint8Array | string, reply?: string): void {
    const bytes = sizeOf(payload);
    if (bytes > this.#maxPayloadBytes)
      throw new FaultError(
        'CLUSTER_MESSAGE_TOO_LARGE',
        `a message of ${bytes} bytes exceeds the limit of NATS, ${this.#maxPayloadBytes} bytes`,
      );
    if (!this.#canSend(bytes)) {
      this.#dropped += 1;
      throw this.#problem ?? new FaultError('CLUSTER_UNREACHABLE', 'NATS does not read what is sent');
    }
    this.#deps.client.publish(subject, payload, reply === undefined ? {} : { reply });
    this.#unconfirmed.sent(bytes);
  }

  offer(subject: string, payload: Uint8Array | string): boolean {
    const bytes = sizeOf(payload);
    if (bytes > this.#maxPayloadBytes || !this.#canSend(bytes)) {
      this.#dropped += 1;
      return false;
    }
    this.#deps.client.publish(subject, payload);
    this.#unconfirmed.sent(bytes);
    return true;
  }

  subscribe(subject: string, listener: (message: WireMessage) => void): () => void {
    const subscription = this.#deps.client.subscribe(subject, {
      callback: (error, message) => {
        if (error) this.#warn(error);
        else this.#receive(message, listener);
      },
    });
    return () => {
      if (!subscription.isClosed()) subscription.unsubscribe();
    };
  }

  onChange(listener: (isConnected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends what waits, handles what has arrived, and disconnects, within a limited time. */
  async close(): Promise<void> {
    const { client, clock } = this.#deps;
    this.#isClosing = true;
    const timeout = new AbortController();
    const drained = this.#isConnected ? client.drain().catch(() => undefined) : Promise.resolve();
    await Promise.race([drained, clock.delay(DRAIN_MS, timeout.signal)]);
    timeout.abort();
    await client.close();
  }

  #canSend(bytes: number): boolean {
    return this.#isConnected && !this.#isClosing && this.#unconfirmed.hasRoomFor(bytes);
  }

  /** The client stops to read if a listener throws. */
  #receive(message: Msg, listener: (message: WireMessage) => void): void {
    try {
      listener(new ReceivedMessage(message));
    } catch (error) {
      this.#listenerErrors += 1;
      this.#deps.log.error('handling a message of the cluster failed', {
        subject: message.subject,
        reason: messageOf(error),
        error,
      });
    }
  }

  async #follow(): Promise<void> {
    for await (const status of this.#deps.client.status()) this.#changed(status);
  }

  #changed(status: Status): void {
    const { backOff, log, servers, client } = this.#deps;
    if (status.type === 'error') this.#warn(status.error);
    if (status.type === 'reconnecting') backOff.attempted();
    if (status.type === 'disconnect' && this.#isConnected && !this.#isClosing) {
      log.warn('NATS disconnected, retrying', { servers });
      this.#set(new FaultError('CLUSTER_UNREACHABLE', `the connection to NATS at ${servers} is lost`));
    }
    if (status.type === 'reconnect') {
      backOff.reset();
      this.#reconnects += 1;
      this.#maxPayloadBytes = client.info?.max_payload ?? this.#maxPayloadBytes;
      log.info('NATS reconnected', { server: status.server });
      this.#set(undefined);
    }
  }

  #closed(error: Error | undefined): void {
    if (this.#isClosing) return this.#set(new FaultError('CLUSTER_UNREACHABLE', 'the node is stopping'));
    const failure = natsFailure(error ?? new Error('closed by the client'), this.#deps.servers);
    this.#deps.log.error('NATS closed the connection', { code: failure.code, reason: failure.message });
    this.#set(failure);
  }

  #set(problem: FaultError | undefined): void {
    const isConnected = problem === undefined;
    this.#problem = problem;
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#unconfirmed.reset();
    for (const listener of this.#listeners) listener(isConnected);
  }

  #warn(error: Error): void {
    const { code, message } = natsFailure(error, this.#deps.servers);
    this.#deps.log.warn('NATS reported an error', { code, reason: message });
  }
}

const sizeOf = (payload: Uint8Array | string): number =>
  typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;

class ReceivedMessage implements WireMessage {
  readonly #message: Msg;

  constructor(message: Msg) {
    this.#message = message;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get data(): Uint8Array {
    return this.#message.data;
  }

  get reply(): string | undefined {
    return this.#message.reply === '' ? undefined : this.#message.reply;
  }

  get isNoResponders(): boolean {
    return this.#message.data.length === 0 && this.#message.headers?.code === 503;
  }

  text(): string {
    return this.#message.string();
  }
}
