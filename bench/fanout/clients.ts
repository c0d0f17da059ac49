/** Clients of one subscription each, which only count the messages that they receive. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const ACK = '"connection_ack"';
const CONNECTED_AT_ONCE = 50;
const CHECK_MS = 5;
const TIMEOUT_MS = 60_000;

export interface Clients {
  /** The number of events received by all of them. */
  readonly received: number;
  /** The text of the last event. */
  readonly last: string;
  /** Resolves when they have received so many events. */
  until(received: number): Promise<void>;
  close(): void;
}

/**
 * @param queryOf returns the operation of a client
 * @param onFirst receives the messages of the first client
 */
export async function connect(
  url: string,
  count: number,
  queryOf: (index: number) => string,
  onFirst: (message: string) => void = () => undefined,
): Promise<Clients> {
  const sockets: WebSocket[] = [];
  let received = 0;
  let last = '';
  const open = async (index: number): Promise<void> => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
    sockets.push(socket);
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const [ack] = (await once(socket, 'message')) as [Buffer];
    if (!ack.includes(ACK)) throw new Error(`expected ${ACK}, received ${ack.toString()}`);
    socket.on('message', (data: Buffer) => {
      received++;
      if (index > 0) return;
      last = data.toString();
      onFirst(last);
    });
    socket.on('close', (code, reason) => {
      if (code !== 1005 && code !== 1006) process.stderr.write(`closed: ${code} ${reason.toString()}\n`);
    });
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: queryOf(index) } }));
  };
  for (let index = 0; index < count; index += CONNECTED_AT_ONCE) {
    const length = Math.min(CONNECTED_AT_ONCE, count - index);
    await Promise.all(Array.from({ length }, (_, i) => open(index + i)));
  }
  return {
    get received() {
      return received;
    },
    get last() {
      return last;
    },
    async until(expected) {
      const deadline = performance.now() + TIMEOUT_MS;
      for (;;) {
        if (received >= expected) return;
        if (performance.now() > deadline) throw new Error(`received ${received} of ${expected}: ${last}`);
        await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
      }
    },
    close: () => sockets.forEach((socket) => socket.terminate()),
  };
}
