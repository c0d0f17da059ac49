/** What the other parts of a cluster need of its connection to NATS. */

export interface WireMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Where a response is expected. */
  readonly reply: string | undefined;
  /** Whether it is the report of the server that no node receives the subject of a request. */
  readonly isNoResponders: boolean;
  text(): string;
}

export interface Wire {
  readonly isConnected: boolean;
  /** The largest payload that the server accepts, bytes. */
  readonly maxPayloadBytes: number;
  /**
   * Sends a message. It may be lost with the connection.
   * @throws {FaultError} CLUSTER_UNREACHABLE if nothing was sent, CLUSTER_MESSAGE_TOO_LARGE
   */
  publish(subject: string, payload: Uint8Array | string, reply?: string): void;
  /** Sends a message that may be dropped. Returns whether it was sent: not if there is no connection, or too much waits. */
  offer(subject: string, payload: Uint8Array | string): boolean;
  /** Calls the listener with each message, in the order of each sender. Returns a function that unsubscribes. */
  subscribe(subject: string, listener: (message: WireMessage) => void): () => void;
  /** Calls the listener when the connection is lost or there again. Returns a function that unsubscribes. */
  onChange(listener: (isConnected: boolean) => void): () => void;
}
