/** Asking Vobiz's REST API, and what its answers mean: a 2xx can carry an error, and not every 404 is about the call. */
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
import { FaultError, type ProviderHost, type Secret } from '@sidetone/core';

/** How long an answer may take. */
export const REQUEST_TIMEOUT_MS = 10_000;

export interface RestDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock'>;
  readonly baseUrl: URL;
  readonly authId: string;
  readonly authToken: Secret;
}

export interface Rest {
  /**
   * Asks once. The answer is a success, or a 404 about what was asked for: see {@link isGone}.
   * @throws {FaultError} of kind `provider`.
   */
  ask(
    method: ProviderRequest['method'],
    path: string,
    signal: AbortSignal,
    json?: unknown,
  ): Promise<ProviderResponse>;
  /** The same, where a 404 is a refusal like any other. */
  need(
    method: ProviderRequest['method'],
    path: string,
    signal: AbortSignal,
    json?: unknown,
  ): Promise<ProviderResponse>;
}

function isSuccess({ status, json }: ProviderResponse): boolean {
  if (status < 200 || status >= 300) return false;
  const { error, status: word, success } = objectOf(json);
  return textOf(error) === undefined && !isJsonObject(error) && word !== 'error' && success !== false;
}

/** A 404 about the call; the gateway's own 404 says that the address is wrong, and nothing about the call. */
export function isGone({ status, json }: ProviderResponse): boolean {
  const isGateway = objectOf(json)['message'] === 'Not Found' && objectOf(json)['error'] === undefined;
  return status === 404 && !isGateway;
}

function failureOf(reply: ProviderResponse): FaultError {
  if (reply.status >= 300) return faultOfResponse(reply, 'Vobiz');
  const reason = errorReasonIn({ json: { error: objectOf(reply.json)['error'] }, text: '' });
  return new FaultError(
    'PROVIDER_REFUSED',
    `Vobiz answered ${reply.status} with an error: ${reason ?? 'no reason was given'}`,
    { details: { status: reply.status } },
  );
}

/** A client of one account. Holds nothing open, and repeats nothing: a call that was made twice would be two calls. */
export function createRest({ host, baseUrl, authId, authToken }: RestDeps): Rest {
  const base = baseUrl.href.replace(/\/+$/, '');

  const ask: Rest['ask'] = async (method, path, signal, json) => {
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
    ask,
    async need(...request) {
      const reply = await ask(...request);
      if (isGone(reply)) throw failureOf(reply);
      return reply;
    },
  };
}
