/**
 * Clients that try to exhaust a daemon, over plain sockets. Each returns when its attack is at its peak; what it holds open stays
 * open until `release`. They know no credential except where one is passed.
 */
import { request, Agent } from 'node:http';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

/** The webhook secret of the daemon that is attacked. */
export const SECRET = 'attacked-secret';

/** Writes the configuration of a daemon with default limits into a folder. Returns its path. */
export function writeAttackedConfig(dir: string): string {
  const config = join(dir, 'sidetone.yaml');
  writeFileSync(
    config,
    `server: { port: 0 }
storage: { path: '${join(dir, 'sidetone.db')}' }
providers:
  vapi:
    plugin: '@sidetone/plugin-vapi'
    options: { apiKey: key, apiBaseUrl: 'http://127.0.0.1:9', webhook: { secret: ${SECRET} }, sweep: { intervalMs: 0 } }
`,
  );
  return config;
}

export interface Attack {
  /** The number of connections or requests that the daemon rejected or closed. */
  readonly rejected: () => number;
  readonly release: () => void;
}

/** Opens a connection and sends bytes. Resolves when it is connected or was rejected; the socket reads nothing. */
async function hold(url: string, bytes: string | Buffer, sockets: Socket[]): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  await new Promise((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', resolve);
  });
  socket.pause();
  socket.write(bytes);
}

async function holdMany(url: string, count: number, bytes: string | Buffer): Promise<Attack> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i += 50) {
    const batch = Math.min(50, count - i);
    await Promise.all(Array.from({ length: batch }, () => hold(url, bytes, sockets)));
  }
  return {
    rejected: () => sockets.filter(({ destroyed }) => destroyed).length,
    release: () => sockets.forEach((socket) => socket.destroy()),
  };
}

/** Requests a page on many connections that read nothing. */
export const unreadPages = (url: string, connections: number): Promise<Attack> =>
  holdMany(url, connections, 'GET /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n');

/** Sends many requests at once on few connections that read nothing. */
export const pipelinedReaders = (url: string, connections: number, requests: number): Promise<Attack> =>
  holdMany(
    url,
    connections,
    'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(requests),
  );

/** Starts webhooks with a wrong secret whose bodies stop one byte before their end. */
export function partialWebhooks(url: string, connections: number, bytes: number): Promise<Attack> {
  const head =
    'POST /providers/vapi/webhook HTTP/1.1\r\nHost: localhost\r\nX-Vapi-Secret: wrong\r\n' +
    `Content-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;
  return holdMany(url, connections, Buffer.concat([Buffer.from(head), Buffer.alloc(bytes - 1, 0x20)]));
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Posts a webhook of Vapi. Returns the status; 0 if the connection was closed. */
export async function postWebhook(url: string, body: string, secret: string): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(
      new URL('providers/vapi/webhook', url),
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'x-vapi-secret': secret },
      },
      (response) => {
        response.resume();
        response.once('close', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.once('error', () => resolve(0));
    sent.end(body);
  });
}

/** Runs `count` requests, eight at a time. Returns the number of responses of each status. */
export async function flood(
  count: number,
  send: (index: number) => Promise<number>,
): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const status = await send(next++);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return statuses;
}

/** A webhook with a valid secret that is as large as its sender likes: conversations of many calls. */
export function largeWebhook(index: number, bytes: number): string {
  const messages = Array.from({ length: 60 }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'bot',
    message: `${index} ${i} `.padEnd(Math.floor(bytes / 60) - 80, 'lorem ipsum '),
    time: 1_700_000_000_000 + i * 1000,
  }));
  return JSON.stringify({
    message: {
      type: 'end-of-call-report',
      endedReason: 'customer-ended-call',
      call: { id: `large-${index}`, type: 'inboundPhoneCall' },
      artifact: { messages },
    },
  });
}

/** Bodies that tried to break a parser or a table; `depth` brackets, or names of `Object.prototype`. */
export function hostileWebhook(index: number): string {
  const call = { id: `hostile-${index % 50}` };
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const name = names[index % names.length]!;
  const deep = (open: string, close: string): string => open.repeat(6000) + close.repeat(6000);
  const forms = [
    `{"message":{"type":"end-of-call-report","call":{"id":"x"},"analysis":{"structuredData":${deep('[', ']')}}}}`,
    `{"message":{"type":"status-update","status":"ended","call":${deep('{"a":', '}').replace('}', '1}')}}}`,
    JSON.stringify({ message: { type: name, call } }),
    JSON.stringify({ message: { type: 'status-update', status: 'ended', endedReason: name, call } }),
    JSON.stringify({
      message: { type: 'transcript', role: name, transcriptType: name, transcript: 'x', call },
    }),
    JSON.stringify({ message: { type: 'speech-update', role: name, status: name, call: { id: name } } }),
    JSON.stringify({ message: [[], {}, null, 1][index % 4] }),
    `{"message":{"type":"${'x'.repeat(10_000)}","call":{"id":"x"}}}`,
  ];
  return forms[index % forms.length]!;
}
