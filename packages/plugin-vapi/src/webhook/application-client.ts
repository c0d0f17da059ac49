/** Sends webhooks unchanged to the account's own application and reads its response. */
import { readBody } from '@sidetone/plugin-kit';
import type { IngressRequest, IngressResponse, ProviderHost, Secret } from '@sidetone/core';

/** The largest response that is returned to Vapi, bytes: three minutes of 48 kHz audio. */
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;

/** Headers that belong to one connection, or that the next connection sets. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

interface ApplicationClientDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock'>;
  readonly url: URL;
  /** Sent in addition to the webhook's headers, and override them. */
  readonly headers: Readonly<Record<string, Secret>>;
  /** Aborts every request. */
  readonly stopped: AbortSignal;
}

/**
 * Sends a webhook and returns the application's response; 502 if it cannot be reached or its response is unusable, 504 if the
 * response is not complete within the timeout. Never rejects.
 */
type ApplicationClient = (request: IngressRequest, timeoutMs: number) => Promise<IngressResponse>;

const failure = (status: 502 | 504, body: string): IngressResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** Returns the end-to-end headers of a request. */
function forwardedHeaders({ headers }: IngressRequest): readonly (readonly [string, string])[] {
  const listed = new Set((headers['connection'] ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return Object.entries(headers).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !CONNECTION_HEADERS.has(entry[0]) && !listed.has(entry[0]),
  );
}

async function responseOf(response: Response, signal: AbortSignal): Promise<IngressResponse> {
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    return failure(502, 'the application responded with a redirect, which is not followed');
  }
  const body = await readBody(response, MAX_ANSWER_BYTES, signal);
  if (!body) return failure(502, 'the response of the application is too large');
  const type = response.headers.get('content-type');
  return { status: response.status, body, ...(type !== null && { headers: { 'content-type': type } }) };
}

export function createApplicationClient(deps: ApplicationClientDeps): ApplicationClient {
  const { host, url, stopped } = deps;
  return async (request, timeoutMs) => {
    const ownHeaders = Object.entries(deps.headers).map(([name, value]) => [name, value.reveal()] as const);
    const timeout = new AbortController();
    const cancelTimeout = host.clock.schedule(timeoutMs, () => timeout.abort());
    try {
      const response = await host.fetch(url, {
        method: 'POST',
        headers: Object.fromEntries([...forwardedHeaders(request), ...ownHeaders]),
        body: request.body as Uint8Array<ArrayBuffer>,
        redirect: 'manual',
        signal: AbortSignal.any([timeout.signal, stopped]),
      });
      return await responseOf(response, timeout.signal);
    } catch {
      return timeout.signal.aborted
        ? failure(504, 'the application timed out')
        : failure(502, 'the application cannot be reached');
    } finally {
      cancelTimeout();
    }
  };
}
