/**
 * One port for WebSockets, those that a provider opens to us and those that we open to it.
 * Small enough that a fake is a dozen lines.
 */
/** A WebSocket that is open, until it is closed by either side. */
export interface Socket {
  /**
   * Sends a text (string) or binary (bytes) message. The promise settles when the socket has room for the next: await
   * it to be paced by the peer. Rejects when the socket is closed, or the peer takes nothing for too long.
   */
  send(message: string | Uint8Array): Promise<void>;
  /** Starts the closing handshake; the socket is cut if the peer does not answer in time. Safe to call twice. */
  close(code?: number, reason?: string): void;
  /** The one listener for messages. Nothing is read before it is set, so nothing is missed. */
  onMessage(listener: (message: string | Uint8Array) => void): void;
  /** Called once, with the close code (1006 when the connection broke) and the peer's reason. */
  onClose(listener: (code: number, reason: string) => void): void;
}
