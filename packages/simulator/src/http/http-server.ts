import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { readRequest, sendReply } from './http-request.ts';
import type { HttpReply, HttpRequest } from './http-request.ts';

const TOO_LARGE: HttpReply = { status: 413, headers: { connection: 'close' } };

/** Handles requests and upgrades. */
export interface HttpHandlers {
  request(request: HttpRequest): HttpReply;
  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** A listening server. The caller closes it. */
interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server; port 0 chooses a free port. Rejects when the port is in use. */
export async function startHttpServer(
  handlers: HttpHandlers,
  host: string,
  port: number,
): Promise<HttpServer> {
  const server = createServer((message, response) => void respond(message, response, handlers));
  server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    handlers.upgrade(message, socket, head);
  });
  const url = await listen(server, host, port);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  handlers: HttpHandlers,
): Promise<void> {
  let request: HttpRequest | undefined;
  try {
    request = await readRequest(message);
  } catch {
    response.destroy(); // the client disconnected during the request
    return;
  }
  sendReply(response, request === undefined ? TOO_LARGE : handlers.request(request));
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}
