/** WebSockets, both those that a provider opens to the daemon and those that a plugin opens. */
/** An open WebSocket. */
export interface Socket {
  /**
   * Sends a text (string) or binary (bytes) message. Resolves when the socket can accept the next message; await it to
   * apply backpressure. Rejects if the socket is closed, or if the peer reads nothing for 5 s.
   */
  send(message: string | Uint8Array): Promise<void>;
  /**
   * Starts the closing handshake. The socket is terminated if the peer does not answer within 2 s. Later calls have no
   * effect.
   */
  close(code?: number, reason?: string): void;
  /** Sets the message listener. Messages are not read before it is set, so none are lost. */
  onMessage(listener: (message: string | Uint8Array) => void): void;
  /** Sets the close listener, called once with the close code (1006 if the connection was lost) and the peer's reason. */
  onClose(listener: (code: number, reason: string) => void): void;
}
