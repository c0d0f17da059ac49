/**
 * HTTP client for the application that decides what happens with a call. It receives the same requests as from Vobiz, with
 * a short timeout because a caller is waiting. The response body is not interpreted here.
 */
import { FaultError, isFault, messageOf, type ProviderHost } from '@sidetone/core';
import { readBody, USER_AGENT } from '@sidetone/plugin-kit';
import { MAX_ANSWER_BYTES } from './xml-merge.ts';

/** Timeout of a request that only notifies the application, ms. */
export const NOTIFY_TIMEOUT_MS = 5000;

interface ApplicationClientDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock' | 'log'>;
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** Timeout of a request for XML, including its body, ms. */
  readonly timeoutMs: number;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

interface ApplicationClient {
  /**
   * Forwards a webhook and returns the body of the response.
   * @throws {FaultError} of kind `provider` or `wire` if there is no usable response.
   */
  request(fields: URLSearchParams): Promise<Uint8Array>;
  /** Forwards a webhook in the background and ignores the response. */
  notify(fields: URLSearchParams): void;
}

/** Creates a client. It holds nothing open between requests. */
export function createApplicationClient(deps: ApplicationClientDeps): ApplicationClient {
  const { host, url, method, signal } = deps;

  async function send(fields: URLSearchParams, timeoutMs: number): Promise<Uint8Array> {
    const deadline = new AbortController();
    let cancel = (): void => undefined;
    // Aborting the request alone is not enough: a body that never ends would hold it.
    const timeout = new Promise<never>((_resolve, reject) => {
      cancel = host.clock.schedule(timeoutMs, () => {
        deadline.abort();
        reject(new FaultError('PROVIDER_TIMEOUT', `the application timed out after ${timeoutMs} ms`));
      });
    });
    const request = fetchBody(host, url, method, fields, AbortSignal.any([deadline.signal, signal]));
    try {
      return await Promise.race([request, timeout]);
    } catch (error) {
      if (isFault(error)) throw error;
      throw new FaultError('PROVIDER_UNREACHABLE', 'the application is unreachable', { cause: error });
    } finally {
      cancel();
    }
  }

  return {
    request: (fields) => send(fields, deps.timeoutMs),
    notify(fields) {
      send(fields, NOTIFY_TIMEOUT_MS).catch((error: unknown) => {
        const code = isFault(error) ? error.code : messageOf(error);
        host.log.debug('notifying the application of the end of a call failed', { code });
      });
    },
  };
}

async function fetchBody(
  host: Pick<ProviderHost, 'fetch'>,
  url: URL,
  method: 'GET' | 'POST',
  fields: URLSearchParams,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const target = new URL(url);
  if (method === 'GET') for (const [name, value] of fields) target.searchParams.append(name, value);
  const response = await host.fetch(target, {
    method,
    headers: {
      'user-agent': USER_AGENT,
      ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    // A redirect would send the numbers of the call to an address that is not configured.
    redirect: 'manual',
    signal,
    ...(method === 'POST' && { body: fields.toString() }),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new FaultError('PROVIDER_REFUSED', `the application responded with ${response.status}`);
  }
  const body = await readBody(response, MAX_ANSWER_BYTES, signal);
  if (body) return body;
  throw new FaultError(
    'WIRE_TOO_LARGE',
    `the application responded with more than ${MAX_ANSWER_BYTES} bytes`,
  );
}
