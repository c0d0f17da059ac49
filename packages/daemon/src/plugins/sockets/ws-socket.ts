/** Implements the `Socket` port of plugins with a WebSocket of the `ws` package. */
import { FaultError, type Socket } from '@sidetone/core';
import type { RawData, WebSocket } from 'ws';

/** The socket is terminated if the peer accepts none of the pending messages for this long. */
const SEND_TIMEOUT_MS = 5000;
/** Timeout of the closing handshake. */
const CLOSE_TIMEOUT_MS = 2000;

export class WsSocket implements Socket {
  readonly #ws: WebSocket;
  /** Messages that the peer has not accepted yet. */
  #pending = 0;
  /** One timer for all messages: one per message would create more garbage than the message. */
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(ws: WebSocket) {
    this.#ws = ws;
    // Paused until there is a listener, so that messages sent right after the handshake are not lost.
    ws.pause();
    ws.on('error', () => ws.terminate());
  }

  send(message: string | Uint8Array): Promise<void> {
    if (this.#pending++ === 0) this.#restartStallTimer();
    return new Promise((resolve, reject) => {
      this.#ws.send(message, (error) => {
        if (--this.#pending > 0) this.#restartStallTimer();
        if (error)
          reject(new FaultError('PROVIDER_UNREACHABLE', 'the WebSocket is closed', { cause: error }));
        else resolve();
      });
    });
  }

  #restartStallTimer(): void {
    if (this.#stallTimer) this.#stallTimer.refresh();
    else
      this.#stallTimer = setTimeout(() => this.#pending > 0 && this.#ws.terminate(), SEND_TIMEOUT_MS).unref();
  }

  close(code = 1000, reason = ''): void {
    this.#ws.resume();
    this.#ws.close(code, reason);
    setTimeout(() => this.#ws.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Stops reading messages; those that were read already still arrive. */
  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  onMessage(listener: (message: string | Uint8Array) => void): void {
    this.#ws.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = data as Buffer;
      listener(isBinary ? bytes : bytes.toString('utf8'));
    });
    this.#ws.resume();
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.#ws.once('close', (code, reason) => listener(code, reason.toString('utf8')));
  }
}
