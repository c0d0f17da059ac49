/** Handles one request of a connection at a time: the next one when the response to the previous one was sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The number of requests that a client may send before it receives the response to the first one. */
export const MAX_PIPELINED_REQUESTS = 16;

interface Entry {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export class RequestQueue {
  readonly #handle: Handler;
  readonly #onExcess: (request: IncomingMessage) => void;
  /** The requests of each connection that has one; the first is being handled. */
  readonly #requests = new WeakMap<Duplex, Entry[]>();

  /** @param onExcess called before a connection with too many requests is closed */
  constructor(handle: Handler, onExcess: (request: IncomingMessage) => void) {
    this.#handle = handle;
    this.#onExcess = onExcess;
  }

  /** Returns the response that is being sent on a connection. */
  current(socket: Duplex): ServerResponse | undefined {
    return this.#requests.get(socket)?.[0]?.response;
  }

  add(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (socket.destroyed) return;
    const requests = this.#requests.get(socket) ?? [];
    if (requests.length > MAX_PIPELINED_REQUESTS) {
      this.#onExcess(request);
      return void socket.destroy();
    }
    this.#requests.set(socket, requests);
    if (requests.push({ request, response }) === 1) this.#start(requests, socket);
  }

  #start(requests: Entry[], socket: Duplex): void {
    const { request, response } = requests[0]!;
    response.once('close', () => {
      requests.shift();
      if (requests.length > 0 && !socket.destroyed) this.#start(requests, socket);
      else this.#requests.delete(socket);
    });
    this.#handle(request, response);
  }
}
