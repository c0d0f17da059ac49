/** The plugin's ends of the sockets that its provider opened. The connections are the daemon's. */
import type { Socket } from '@sidetone/core';
import type { Link } from '../link/link.ts';
import type { DaemonMethods } from '../link/protocol.ts';

interface OpenSocket {
  onMessage(message: string | Uint8Array): void;
  onClose(code: number, reason: string): void;
}

export class ThreadSockets {
  readonly #link: Pick<Link<DaemonMethods, object>, 'note' | 'call'>;
  readonly #run: (task: () => unknown) => void;
  readonly #open = new Map<number, OpenSocket>();

  /** @param run runs a listener. */
  constructor(link: Pick<Link<DaemonMethods, object>, 'note' | 'call'>, run: (task: () => unknown) => void) {
    this.#link = link;
    this.#run = run;
  }

  open(id: number): Socket {
    const listeners: OpenSocket = { onMessage: () => undefined, onClose: () => undefined };
    this.#open.set(id, listeners);
    return {
      send: (message) => this.#link.call(undefined, 'sendToSocket', id, message),
      close: (code, reason) => this.#link.note('closeSocket', id, code, reason),
      onMessage: (listener) => {
        listeners.onMessage = listener;
        this.#link.note('listenToSocket', id);
      },
      onClose: (listener) => void (listeners.onClose = listener),
    };
  }

  message(id: number, message: string | Uint8Array): void {
    const socket = this.#open.get(id);
    if (socket) this.#run(() => socket.onMessage(message));
  }

  closed(id: number, code: number, reason: string): void {
    const socket = this.#open.get(id);
    this.#open.delete(id);
    if (socket) this.#run(() => socket.onClose(code, reason));
  }
}
