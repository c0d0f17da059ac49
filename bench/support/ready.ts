/** How a program of a benchmark announces that it is ready, with its address. */
import type { Server } from 'node:http';
import type { WebSocketServer } from 'ws';

export const READY = /ready (\S+)\n/;

/** Prints the address of a server of this process once it listens. */
export function announce(server: Server | WebSocketServer, scheme: 'http' | 'ws'): void {
  server.once('listening', () => {
    const address = server.address();
    if (typeof address === 'object' && address)
      process.stdout.write(`ready ${scheme}://127.0.0.1:${address.port}/\n`);
  });
}
