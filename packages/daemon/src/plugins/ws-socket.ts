/** A WebSocket of the `ws` package behind the port that plugins see. */
import { FaultError, type Socket } from '@sidetone/core';
import type { RawData, WebSocket } from 'ws';

/** How long the peer may take no bytes of a message before it counts as gone. */
const SEND_TIMEOUT_MS = 5000;
/** How long a closing handshake may take. */
const CLOSE_TIMEOUT_MS = 2000;

export class WsSocket implements Socket {
  readonly #ws: WebSocket;

  constructor(ws: WebSocket) {
    this.#ws = ws;
    // Until someone listens, the bytes stay in the kernel: a message next behind the handshake is not missed.
    ws.pause();
    ws.on('error', () => ws.terminate());
  }

  send(message: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => this.#ws.terminate(), SEND_TIMEOUT_MS).unref();
      this.#ws.send(message, (error) => {
        clearTimeout(timeout);
        if (error) reject(new FaultError('PROVIDER_UNREACHABLE', 'the socket is closed', { cause: error }));
        else resolve();
      });
    });
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
