/** Ports for servers that restart on the same port. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that the system assigns to connections: a connection of another test could otherwise take the port while
 * its server restarts.
 */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;

/** Returns a random port on which nothing listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
