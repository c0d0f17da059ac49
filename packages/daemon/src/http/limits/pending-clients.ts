/**
 * Connections or sockets whose clients have not shown yet who they are. If there are too many, the oldest one is closed
 * instead of rejecting the newest: a client that signs in stays for a moment only, so idle ones cannot lock it out.
 */
import type { Release } from '../../graphql/guard/client-slots.ts';

/** The part of the total that the clients of one network can have. */
export const PENDING_SHARE = 0.5;

interface PendingClientsLimits {
  readonly total: number;
  /** The number of one network, see `networkOf`. */
  readonly perNetwork: number;
}

/** Closes a connection. Must not call back into the pool. */
type Close = () => void;

export class PendingClients {
  readonly #limits: PendingClientsLimits;
  /** The connections of each network, oldest first. */
  readonly #networks = new Map<string, Set<Close>>();
  #size = 0;
  #dropped = 0;

  constructor(limits: PendingClientsLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of connections that were closed because of a limit. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds a connection until the returned function is called. Closes the oldest one if a limit is exceeded. */
  add(network: string, close: Close): Release {
    const own: Close = () => close();
    const connections = this.#networks.get(network) ?? new Set();
    this.#networks.set(network, connections.add(own));
    this.#size++;
    if (connections.size > this.#limits.perNetwork) this.dropOldest(network);
    else if (this.#size > this.#limits.total) this.dropOldest();
    return () => this.#remove(network, own);
  }

  /** Closes the oldest connection of a network, or of the network with the most. Returns whether there was one. */
  dropOldest(network = this.#largest()): boolean {
    const [oldest] = this.#networks.get(network ?? '') ?? [];
    if (network === undefined || oldest === undefined) return false;
    this.#remove(network, oldest);
    this.#dropped++;
    oldest();
    return true;
  }

  #largest(): string | undefined {
    let largest: string | undefined;
    let most = 0;
    for (const [network, { size }] of this.#networks) {
      if (size > most) [largest, most] = [network, size];
    }
    return largest;
  }

  #remove(network: string, own: Close): void {
    const connections = this.#networks.get(network);
    if (!connections?.delete(own)) return;
    this.#size--;
    if (connections.size === 0) this.#networks.delete(network);
  }
}
