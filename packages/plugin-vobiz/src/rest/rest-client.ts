/**
 * HTTP client of Vobiz's REST API, and the interpretation of its responses: a 2xx may contain an error, and not every 404
 * concerns the call.
 */
import { FaultError, type ProviderHost, type Secret } from '@sidetone/core';
import {
  requestProvider,
  isJsonObject,
  objectOf,
  errorReasonIn,
  faultOfResponse,
  textOf,
  type ProviderResponse,
  type ProviderRequest,
} from '@sidetone/plugin-kit';

/** Timeout of a request, ms. */
export const REQUEST_TIMEOUT_MS = 10_000;

export interface RestDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock'>;
  readonly baseUrl: URL;
  readonly authId: string;
  readonly authToken: Secret;
}

export type Request = (
  method: ProviderRequest['method'],
  path: string,
  signal: AbortSignal,
  json?: unknown,
) => Promise<ProviderResponse>;

interface RestClient {
  /**
   * Sends one request. Returns a successful response, or a 404 about the resource: see {@link isGone}.
   * @throws {FaultError} of kind `provider`.
   */
  readonly request: Request;
  /** Like `request`, but a 404 is an error like any other. */
  readonly requestExisting: Request;
}

function isSuccess({ status, json }: ProviderResponse): boolean {
  if (status < 200 || status >= 300) return false;
  const { error, status: statusText, success } = objectOf(json);
  return textOf(error) === undefined && !isJsonObject(error) && statusText !== 'error' && success !== false;
}

/** Returns whether the resource does not exist. A 404 of the gateway means a wrong URL instead. */
export function isGone({ status, json }: ProviderResponse): boolean {
  const isGateway = objectOf(json)['message'] === 'Not Found' && objectOf(json)['error'] === undefined;
  return status === 404 && !isGateway;
}

/** Returns the fault of an unsuccessful response. */
export function failureOf(reply: ProviderResponse): FaultError {
  if (reply.status >= 300) return faultOfResponse(reply, 'Vobiz');
  const reason = errorReasonIn({ json: { error: objectOf(reply.json)['error'] }, text: '' });
  return new FaultError(
    'PROVIDER_REFUSED',
    `Vobiz answered ${reply.status} with an error: ${reason ?? 'no reason given'}`,
    { details: { status: reply.status } },
  );
}

/** Creates a client of one account. It holds nothing open and never retries: a retried request could place a call twice. */
export function createRestClient({ host, baseUrl, authId, authToken }: RestDeps): RestClient {
  const base = baseUrl.href.replace(/\/+$/, '');

  const request: Request = async (method, path, signal, json) => {
    const reply = await requestProvider(host, {
      method,
      url: new URL(base + path),
      headers: {
        'x-auth-id': authId,
        'x-auth-token': authToken.reveal(),
        'content-type': 'application/json',
      },
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal,
      ...(json !== undefined && { json }),
    });
    if (isSuccess(reply) || isGone(reply)) return reply;
    throw failureOf(reply);
  };

  return {
    request,
    async requestExisting(...args) {
      const reply = await request(...args);
      if (isGone(reply)) throw failureOf(reply);
      return reply;
    },
  };
}
