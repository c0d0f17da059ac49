// The application that both clouds call: a server on loopback that records requests, answers Vobiz with the XML of the
// test, and accepts streams. `until` waits for a recorded event.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { jsonObject } from '../../src/http/http-request.ts';

/** Time limit for what a test waits for, ms. Most of it is real time of a call; a busy machine is late. */
export const PATIENCE_MS = 45_000;

/** A webhook of Vapi without its envelope. */
export interface VapiMessage {
  type: string;
  timestamp: number;
  call: Record<string, unknown> & { id: string };
  [field: string]: unknown;
}

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly at: number;
}

export interface ReceivedStream {
  readonly path: string;
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[];
  /** Messages that are not JSON objects: as text, or in hexadecimal if binary. */
  readonly invalid: string[];
  closeCode: number | undefined;
  closedAt: number | undefined;
}

export interface Application {
  readonly url: string;
  readonly wsUrl: string;
  readonly requests: Received[];
  readonly streams: ReceivedStream[];
  /** Returns the response of the answer URL and of paths that start with `/after`: XML, or a status. */
  answer: (attempt: number, path: string) => string | number;
  /** Files to download, by path. */
  readonly files: Map<string, Buffer>;
  /** Returns the response of all other paths; called after the request was recorded. */
  respond: (
    request: Received,
    attempt: number,
  ) => { status: number; body?: string; delayMs?: number; type?: string };
  acceptStreams: boolean;
  /** Returns Vapi's messages, ordered by timestamp. */
  vapi(type?: string): VapiMessage[];
  /** Returns Vobiz's forms of an event. */
  forms(event: string): Record<string, string>[];
  until<Value>(what: string, look: () => Value | undefined | null | false): Promise<Value>;
  close(): Promise<void>;
}

export async function createApplication(): Promise<Application> {
  const requests: Received[] = [];
  const streams: ReceivedStream[] = [];
  const files = new Map<string, Buffer>();
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  let answers = 0;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', method = '', headers } = request;
      const body = Buffer.concat(chunks).toString('utf8');
      const file = files.get(path);
      if (file !== undefined) {
        response.end(file);
      } else if (path.startsWith('/answer') || path.startsWith('/after')) {
        answers += 1;
        const answer = `${path}${body}`.includes('Event=Hangup') ? '' : application.answer(answers, path);
        response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/xml' });
        response.end(typeof answer === 'number' ? '' : answer);
        requests.push({ path, method, headers, body, at: Date.now() });
      } else {
        const request = { path, method, headers, body, at: Date.now() };
        requests.push(request);
        const {
          status,
          body: text = '{}',
          delayMs = 0,
          type = 'application/json',
        } = application.respond(request, requests.length);
        const reply = (): void => {
          response.writeHead(status, { 'content-type': type });
          response.end(text);
        };
        if (delayMs === 0) reply();
        else setTimeout(reply, delayMs).unref();
      }
      changed();
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (!application.acceptStreams) {
      requests.push({ path: request.url ?? '', method: 'UPGRADE', headers: {}, body: '', at: Date.now() });
      changed();
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      const stream: ReceivedStream = {
        path: request.url ?? '',
        socket: accepted,
        messages: [],
        invalid: [],
        closeCode: undefined,
        closedAt: undefined,
      };
      streams.push(stream);
      accepted.on('message', (data: Buffer, isBinary) => {
        const message = isBinary ? undefined : jsonObject(data.toString('utf8'));
        if (message === undefined) stream.invalid.push(data.toString(isBinary ? 'hex' : 'utf8'));
        else stream.messages.push(message);
        changed();
      });
      accepted.on('close', (code) => {
        stream.closeCode = code;
        stream.closedAt = Date.now();
        changed();
      });
      changed();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const application: Application = {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    requests,
    streams,
    files,
    answer: () => '<Response><Dial>+919000000002</Dial></Response>',
    respond: () => ({ status: 200 }),
    acceptStreams: true,
    vapi: (type) =>
      requests
        .filter(({ path }) => path === '/vapi')
        .map(({ body }) => (JSON.parse(body) as { message: VapiMessage }).message)
        .filter((message) => type === undefined || message.type === type)
        .toSorted((a, b) => a.timestamp - b.timestamp),
    forms: (event) =>
      requests
        .map(({ body, path }) =>
          Object.fromEntries(new URLSearchParams(body === '' ? (path.split('?')[1] ?? '') : body)),
        )
        .filter((form) => form['Event'] === event),
    until: (what, look) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(timer);
          clearInterval(poll);
          watchers.delete(check);
        };
        const check = (): void => {
          const found = look();
          if (found === undefined || found === null || found === false) return;
          stop();
          resolve(found);
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`timed out waiting for ${what}`));
        }, PATIENCE_MS);
        // The condition can depend on state outside of this application.
        const poll = setInterval(check, 20);
        watchers.add(check);
        check();
      }),
    async close() {
      for (const { socket } of streams) socket.terminate();
      sockets.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  return application;
}
