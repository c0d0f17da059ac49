/** The connections of the HTTP server: their number, and the output that their clients have not read. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Logger } from '@sidetone/core';
import { networkOf } from '../../access/addresses.ts';
import type { EndedViewers } from '../../access/tokens/token-registry.ts';
import { ClientSlots, type Release } from '../../graphql/guard/client-slots.ts';
import { CLOSE_TIMEOUT_MS, type EndSocket } from '../socket-server.ts';
import { LogSampler } from '../../log-sampler.ts';
import { IdleConnections } from './idle-connections.ts';
import type { Account, CutReason, OutputLedger } from './output-ledger.ts';

interface ConnectionsDeps {
  readonly ledger: OutputLedger;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Returns whether the connections of an address are not limited, because they are those of many clients. */
  readonly isTrustedProxy: (address: string) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Connections that were closed for newer ones, and that Node.js still counts. */
const CLOSING_CONNECTIONS = 64;

/** How often connections are checked for progress, ms. */
const SWEEP_MS = 1000;

interface ConnectedClient {
  /** As in `Gate.clientOf`. */
  readonly client: string;
  readonly end: EndSocket | undefined;
}

/** Clients connect again after 1012, and not with the same token after 4403. */
const CLOSE_REASONS = {
  REVOKED: { code: 4403, reason: 'AUTH_REQUIRED' },
  CHANGED: { code: 1012, reason: 'the access token has changed' },
} as const;

const LIMIT_NAMES = {
  connection: 'limits.unsentBytesPerConnection',
  client: 'limits.unsentBytesPerClient',
  total: 'limits.unsentBytesTotal',
} as const satisfies Record<Exclude<CutReason, 'stalled'>, string>;

export class Connections {
  readonly #deps: ConnectionsDeps;
  readonly #slots: ClientSlots;
  readonly #sampler: LogSampler;
  readonly #accounts = new WeakMap<Duplex, Account>();
  /** The clients of open connections. */
  readonly #clients = new Map<Duplex, ConnectedClient>();
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  readonly #idle = new IdleConnections();
  #open = 0;
  #rejected = 0;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
    this.#slots = new ClientSlots(deps.maxConnectionsPerAddress);
    this.#sampler = new LogSampler(deps);
    this.#timer = setInterval(() => deps.ledger.sweep(performance.now()), SWEEP_MS).unref();
  }

  /** The number of open connections. */
  get size(): number {
    return this.#open;
  }

  /** The number of idle connections that were closed for newer ones. */
  get replaced(): number {
    return this.#idle.dropped;
  }

  /** The number of connections that were rejected because of a limit. */
  get rejected(): number {
    return this.#rejected;
  }

  watch(server: Server): void {
    server.maxConnections = this.#deps.maxConnections + CLOSING_CONNECTIONS;
    server.on('connection', (socket) => this.#accept(socket));
    const begin = ({ socket }: IncomingMessage, response: ServerResponse): void =>
      this.#idle.begin(socket, response);
    server.on('request', begin).on('checkExpectation', begin);
    server.on('upgrade', ({ socket }) => this.#idle.begin(socket));
    server.on('drop', (dropped) => this.#reject('server.maxConnections', dropped?.remoteAddress));
  }

  /**
   * Counts the unsent bytes of a request's connection for this client, once it is known.
   * @param end closes a WebSocket with a code; without it, the connection is destroyed.
   */
  assign({ socket }: Pick<IncomingMessage, 'socket'>, client: string, end?: EndSocket): void {
    this.#accounts.get(socket)?.assign(client);
    if (!socket.destroyed) this.#clients.set(socket, { client, end });
  }

  /** The names of the viewers that have open connections. */
  get viewers(): ReadonlySet<string> {
    return new Set([...this.#clients.values()].map(({ client }) => viewerIn(client)));
  }

  /** Closes the connections of these viewers: WebSockets with a close code that says why. */
  closeThoseOf(viewers: EndedViewers): void {
    for (const [socket, { client, end }] of this.#clients) {
      const why = viewers.get(viewerIn(client));
      if (why === undefined) continue;
      if (!end) {
        socket.destroy();
        continue;
      }
      const { code, reason } = CLOSE_REASONS[why];
      end(code, reason);
      setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
    }
  }

  /** Closes the connections that were opened in advance: nothing was received on them. */
  closeUnused(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#sampler.close();
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? 'unknown';
    const network = networkOf(address);
    const leave = this.#admit(address, network);
    if (!leave) return void socket.destroy();
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      leave();
    });
    this.#idle.open(socket, network, () => {
      leave();
      socket.destroy();
      this.#sampler.warn('idle', 'connection limit reached, closing the oldest idle connection', {
        address,
        code: 'LIMIT_CONNECTIONS',
      });
    });
    const account = this.#deps.ledger.open(
      {
        unsent: () => socket.writableLength,
        accepted: () => acceptedBytes(socket),
        cut: (reason, unsent, client) => {
          socket.destroy();
          this.#logCut(reason, unsent, client);
        },
      },
      network,
    );
    this.#accounts.set(socket, account);
    // All transports write to the socket, so their output is counted here, when it is written.
    const write = socket.write.bind(socket) as (
      chunk: unknown,
      encoding?: unknown,
      done?: unknown,
    ) => boolean;
    socket.write = (chunk: unknown, encoding?: unknown, done?: unknown) => {
      const hasRoom = write(chunk, encoding, done);
      account.update();
      return hasRoom;
    };
    socket.on('drain', () => account.update());
    socket.once('close', () => {
      account.close();
      this.#clients.delete(socket);
    });
  }

  /** Makes room for a connection. Returns a function that releases it, or undefined if there is no room. */
  #admit(address: string, network: string): Release | undefined {
    const take = (): Release | undefined =>
      this.#deps.isTrustedProxy(address) ? () => undefined : this.#slots.take(network);
    const release = take() ?? (this.#idle.dropOldest(network) ? take() : undefined);
    if (!release) {
      this.#reject('server.maxConnectionsPerAddress', address);
      return undefined;
    }
    if (this.#open >= this.#deps.maxConnections && !this.#idle.dropOldest()) {
      release();
      this.#reject('server.maxConnections', address);
      return undefined;
    }
    this.#open++;
    let isOpen = true;
    return () => {
      if (isOpen) this.#open--;
      isOpen = false;
      release();
    };
  }

  #reject(limit: string, address: string | undefined): void {
    this.#rejected++;
    this.#sampler.warn(limit, 'connection limit reached, connection rejected', {
      address,
      limit,
      code: 'LIMIT_CONNECTIONS',
    });
  }

  #logCut(reason: CutReason, unsent: number, client: string): void {
    const fields = { client, unsent, code: 'LIMIT_UNSENT_BYTES' };
    if (reason === 'stalled') this.#sampler.warn(reason, 'write timed out, connection closed', fields);
    else {
      const limit = LIMIT_NAMES[reason];
      this.#sampler.warn(reason, 'unsent output exceeds the limit, connection closed', { ...fields, limit });
    }
  }
}

/**
 * Returns the bytes that the operating system has accepted. `bytesWritten` of a socket counts a large write as a whole;
 * the handle, which Node.js uses for its own socket timeout, also shows progress within one.
 */
function acceptedBytes(socket: Socket): number {
  const { _handle: handle } = socket as Socket & {
    readonly _handle?: { readonly bytesWritten: number; readonly writeQueueSize: number } | null;
  };
  return handle ? handle.bytesWritten - handle.writeQueueSize : socket.bytesWritten - socket.writableLength;
}

/** Returns the name of the viewer in the key of a client, see `Gate.clientOf`. */
const viewerIn = (client: string): string => client.slice(0, client.lastIndexOf('@'));
