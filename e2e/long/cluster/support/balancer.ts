/** A load balancer before the nodes, which sends each request to another one, whatever it is about. */
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onEnd } from '../../../support/cleanup.ts';

export interface BalancedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Index of the node that received it. */
  readonly node: number;
  /** Of the answer; undefined before. */
  status?: number | undefined;
}

export interface Balancer {
  /** Ends with a slash. */
  readonly url: string;
  /** The requests so far, WebSocket handshakes included. */
  readonly requests: readonly BalancedRequest[];
  /** Sets the addresses of the nodes. */
  balance(nodes: readonly string[]): void;
  /** Sends a request again to a node, and returns the status of the answer. */
  replay(request: BalancedRequest, node: number): Promise<number>;
}

export async function startBalancer(): Promise<Balancer> {
  const requests: BalancedRequest[] = [];
  let nodes: readonly string[] = [];
  let next = 0;

  const optionsOf = (incoming: Pick<BalancedRequest, 'method' | 'path' | 'headers'>, node: number) => {
    const { hostname: host, port } = new URL(nodes[node]!);
    return {
      host,
      port,
      method: incoming.method,
      path: incoming.path,
      headers: incoming.headers,
      agent: false as const,
    };
  };

  function route(
    { method = 'GET', url: path = '/', headers }: IncomingMessage,
    body: Buffer,
  ): BalancedRequest {
    const request: BalancedRequest = { method, path, headers, body, node: next++ % nodes.length };
    requests.push(request);
    return request;
  }

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = route(incoming, Buffer.concat(chunks));
      const outgoing = httpRequest(optionsOf(request, request.node), (answer) => {
        request.status = answer.statusCode;
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      outgoing.on('error', () => response.writeHead(502).end());
      outgoing.end(request.body);
    });
  });
  server.on('upgrade', (incoming, socket, head) => {
    const request = route(incoming, Buffer.alloc(0));
    socket.on('error', () => undefined);
    const outgoing = httpRequest(optionsOf(request, request.node));
    outgoing.on('error', () => socket.destroy());
    outgoing.on('response', (answer) => {
      request.status = answer.statusCode;
      socket.end(`HTTP/1.1 ${answer.statusCode} rejected\r\n\r\n`);
    });
    outgoing.on('upgrade', (answer, upstream, first) => {
      request.status = answer.statusCode;
      const lines = answer.rawHeaders.flatMap((name, i, all) =>
        i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : [],
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.on('error', () => socket.destroy());
      upstream.on('close', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      if (first.length > 0) socket.write(first);
      if (head.length > 0) upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    balance: (urls) => void (nodes = urls),
    replay: (request, node) =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(optionsOf(request, node), (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        });
        outgoing.on('error', reject);
        outgoing.end(request.body);
      }),
  };
}
