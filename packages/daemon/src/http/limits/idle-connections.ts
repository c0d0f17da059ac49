/** Connections without a request in progress. The oldest one is closed if there is no room for a new connection. */
import type { Duplex } from 'node:stream';
import type { ServerResponse } from 'node:http';
import { PendingClients } from './pending-clients.ts';

interface Connection {
  readonly network: string;
  readonly close: () => void;
  /** Requests in progress. */
  requests: number;
  /** Called when the connection is no longer idle. */
  leave: () => void;
}

export class IdleConnections {
  readonly #idle = new PendingClients({ total: Infinity, perNetwork: Infinity });
  readonly #connections = new WeakMap<Duplex, Connection>();

  /** The number of connections that were closed for newer ones. */
  get dropped(): number {
    return this.#idle.dropped;
  }

  /** Adds a new connection, which is idle. */
  open(socket: Duplex, network: string, close: () => void): void {
    const connection = { network, close, requests: 0, leave: this.#idle.add(network, close) };
    this.#connections.set(socket, connection);
    socket.once('close', () => connection.leave());
  }

  /** Marks a connection as busy until the response was sent; for good if it has none, because it was upgraded. */
  begin(socket: Duplex, response?: ServerResponse): void {
    const connection = this.#connections.get(socket);
    if (!connection) return;
    connection.leave();
    connection.requests++;
    response?.once('close', () => {
      if (--connection.requests > 0 || socket.destroyed) return;
      connection.leave = this.#idle.add(connection.network, connection.close);
    });
  }

  /** Closes the oldest idle connection of a network, or of the network with the most. Returns whether there was one. */
  dropOldest(network?: string): boolean {
    return this.#idle.dropOldest(network);
  }
}
