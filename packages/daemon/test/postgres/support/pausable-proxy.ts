/** Stands between a node and the server: the node or its network can be paused, and its connections can be cut. */
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What is held: what the node sends, so the server executes nothing of it; or the answers, of what it has executed. */
export type Held = 'requests' | 'answers';

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
}

export class PausableProxy {
  readonly #target: URL;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server = createServer((client) => this.#accept(client));
  #held: Held | undefined;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Returns the URL that leads through the proxy. */
  async listen(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return Object.assign(new URL(this.#target), { port: String(port) });
  }

  get isPaused(): boolean {
    return this.#held !== undefined;
  }

  pause(held: Held): void {
    this.resume();
    this.#held = held;
    for (const pair of this.#pairs) this.#hold(pair);
  }

  resume(): void {
    this.#held = undefined;
    for (const { client, upstream } of this.#pairs) {
      client.resume();
      upstream.resume();
    }
  }

  /** Closes the connections of the node. The server executes what it has received, and does not notice it. */
  cut(): void {
    for (const { client } of this.#pairs) client.destroy();
  }

  close(): void {
    for (const { client, upstream } of this.#pairs) {
      client.destroy();
      upstream.destroy();
    }
    this.#server.close();
  }

  #accept(client: Socket): void {
    const upstream = createConnection(Number(this.#target.port), this.#target.hostname);
    const pair = { client, upstream };
    this.#pairs.add(pair);
    client.on('error', () => undefined);
    upstream.on('error', () => undefined);
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => client.destroyed || client.write(bytes));
    client.on('end', () => upstream.end());
    upstream.on('close', () => {
      client.destroy();
      this.#pairs.delete(pair);
    });
    this.#hold(pair);
  }

  #hold({ client, upstream }: Pair): void {
    if (this.#held === 'requests') client.pause();
    if (this.#held === 'answers') upstream.pause();
  }
}
