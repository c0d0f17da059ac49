import type { IncomingMessage, ServerResponse } from 'node:http';

/** The largest accepted body. */
export const MAX_BODY_BYTES = 1_000_000;

/** A request to a route. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The response of a route. A string or a buffer is sent as is, any other body as JSON. */
export interface HttpReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The delay of the response. */
  readonly delayMs?: number;
  /** Whether to break the connection instead of responding. */
  readonly drop?: boolean;
}

/** Returns the path of a request without its query, undecoded. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?')[0] ?? '/';
}

/** Reads a whole request. Returns undefined if its body exceeds `MAX_BODY_BYTES`. */
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

/** Sends a response, after its delay; or breaks the connection. */
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

/** Parses a JSON object. Returns undefined for anything else. */
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
