/** A WebSocket of the `ws` package behind the port that plugins see. */
import { FaultError, type Socket } from '@sidetone/core';
import type { RawData, WebSocket } from 'ws';

/** How long the peer may take none of the messages that wait for it before it counts as gone. */
const SEND_TIMEOUT_MS = 5000;
/** How long a closing handshake may take. */
const CLOSE_TIMEOUT_MS = 2000;

export class WsSocket implements Socket {
  readonly #ws: WebSocket;
  /** Messages that the peer has not taken yet. */
  #unsent = 0;
  /** One timer for all that is sent: one for each message is more garbage than the message. */
  #stall: NodeJS.Timeout | undefined;

  constructor(ws: WebSocket) {
    this.#ws = ws;
    // Until someone listens, the bytes stay in the kernel: a message next behind the handshake is not missed.
    ws.pause();
    ws.on('error', () => ws.terminate());
  }

  send(message: string | Uint8Array): Promise<void> {
    if (this.#unsent++ === 0) this.#watch();
    return new Promise((resolve, reject) => {
      this.#ws.send(message, (error) => {
        if (--this.#unsent > 0) this.#watch();
        if (error) reject(new FaultError('PROVIDER_UNREACHABLE', 'the socket is closed', { cause: error }));
        else resolve();
      });
    });
  }

  /** Cuts the socket when the peer takes none of what is unsent from now on. */
  #watch(): void {
    if (this.#stall) this.#stall.refresh();
    else this.#stall = setTimeout(() => this.#unsent > 0 && this.#ws.terminate(), SEND_TIMEOUT_MS).unref();
  }

  close(code = 1000, reason = ''): void {
    this.#ws.resume();
    this.#ws.close(code, reason);
    setTimeout(() => this.#ws.terminate(), CLOSE_TIMEOUT_MS).unref();
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
