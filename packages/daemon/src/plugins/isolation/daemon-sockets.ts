/** The sockets that a provider opened, for a plugin in a thread. They are not read while too much waits for the thread. */
import type { IngressRequest, Socket } from '@sidetone/core';
import type { PausableSocket } from '../supervision/leased-resources.ts';
import { encodeRequest } from './link/encoded-request.ts';
import type { Handlers, Link } from './link/link.ts';
import type { DaemonMethods, ThreadMethods } from './link/protocol.ts';

type SocketMethods = 'listenToSocket' | 'sendToSocket' | 'closeSocket';

export class DaemonSockets {
  readonly #link: Pick<Link<ThreadMethods, DaemonMethods>, 'note' | 'offer' | 'outbox'>;
  readonly #open = new Map<number, PausableSocket>();
  readonly #paused = new Set<PausableSocket>();
  #last = 0;
  /** How often a socket was not read because too much waited. */
  pauses = 0;

  constructor(link: Pick<Link<ThreadMethods, DaemonMethods>, 'note' | 'offer' | 'outbox'>) {
    this.#link = link;
  }

  open(request: IngressRequest, socket: Socket): void {
    const id = ++this.#last;
    this.#open.set(id, socket);
    socket.onClose((code, reason) => {
      this.#open.delete(id);
      this.#paused.delete(socket);
      this.#link.note('socketClosed', id, code, reason);
    });
    this.#link.note('socketOpened', id, encodeRequest(request));
  }

  readonly handlers: Pick<Handlers<DaemonMethods>, SocketMethods> = {
    listenToSocket: (id) => {
      const socket = this.#open.get(id);
      socket?.onMessage((message) => {
        this.#link.offer('socketMessage', id, message);
        if (this.#link.outbox.isCongested) this.#pause(socket);
      });
    },
    sendToSocket: (id, message) => this.#open.get(id)?.send(message),
    closeSocket: (id, code, reason) => this.#open.get(id)?.close(code, reason),
  };

  #pause(socket: PausableSocket): void {
    if (!socket.pause || this.#paused.has(socket)) return;
    this.pauses++;
    if (this.#paused.size === 0) this.#link.outbox.onDrained(() => this.#resume());
    this.#paused.add(socket);
    socket.pause();
  }

  #resume(): void {
    for (const socket of this.#paused) socket.resume?.();
    this.#paused.clear();
  }
}
