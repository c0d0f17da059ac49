import type { IncomingMessage, ServerResponse } from 'node:http';

/** The largest body that the fake clouds read. */
export const MAX_BODY_BYTES = 1_000_000;

/** What a route of a fake cloud is given. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a route answers. A string or bytes are sent as they are, anything else as JSON, none as an empty body. */
export interface HttpReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long it is kept back. */
  readonly delayMs?: number;
  /** The connection breaks, and nothing is answered. */
  readonly drop?: boolean;
}

/** Where a request goes, without its query, as it came. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?')[0] ?? '/';
}

/** Reads a whole request; undefined when its body is larger than the bound. */
export async function readRequest(message: IncomingMessage): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return {
    method: message.method ?? 'GET',
    path: pathOf(message),
    query: new URLSearchParams((message.url ?? '').split('?')[1] ?? ''),
    headers: message.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Sends an answer, once; late, or not at all, when it says so. */
export function sendReply(response: ServerResponse, reply: HttpReply): void {
  if (reply.drop === true) {
    response.destroy();
    return;
  }
  if (reply.delayMs === undefined) return write(response, reply);
  const timer = setTimeout(() => write(response, reply), reply.delayMs);
  response.once('close', () => clearTimeout(timer));
}

function write(response: ServerResponse, { status, body, headers }: HttpReply): void {
  const isText = typeof body === 'string';
  const isRaw = isText || Buffer.isBuffer(body);
  const payload = body === undefined ? '' : isRaw ? body : JSON.stringify(body);
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': type }), ...headers });
  response.end(payload);
}

/** The JSON object in a body, or undefined. */
export function jsonObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
