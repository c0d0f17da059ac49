/** One address before all nodes, as a load balancer has: each connection goes to the next node that accepts it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { FaultError } from '@sidetone/core';

const HOST = '127.0.0.1';

export interface Address {
  close(): void;
}

/** Listens at a port of loopback. @throws {FaultError} PORT_IN_USE */
export async function openAddress(port: number, nodePorts: readonly number[]): Promise<Address> {
  const sockets = new Set<Socket>();
  let next = 0;

  const server = createServer((client) => {
    const first = next++;
    track(client);
    forward(
      client,
      nodePorts.map((_, index) => nodePorts[(first + index) % nodePorts.length]!),
    );
  });

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  function forward(client: Socket, [target, ...others]: readonly number[]): void {
    if (target === undefined) {
      client.destroy();
      return;
    }
    const node = connect(target, HOST);
    track(node);
    let isConnected = false;
    node.once('connect', () => {
      isConnected = true;
      client.pipe(node).pipe(client);
      client.on('close', () => node.destroy());
      node.on('close', () => client.destroy());
    });
    node.once('error', () => {
      if (!isConnected) forward(client, others);
    });
  }

  server.listen(port, HOST);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new FaultError('PORT_IN_USE', `port ${port} of ${HOST} is already in use`, { cause: error });
  });
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
