/** Requests to the API of Acme. */
import type { ProviderCallId, ProviderHost, Secret } from '@sidetone/core';
import { faultOfResponse, objectOf, path, requestProvider, type JsonObject } from '@sidetone/plugin-kit';

const TIMEOUT_MS = 10_000;

interface Access {
  readonly apiKey: Secret;
  readonly apiBaseUrl: string;
  /** Aborts pending requests when the instance stops. */
  readonly stopped: AbortSignal;
}

export function createApi(host: ProviderHost, { apiKey, apiBaseUrl, stopped }: Access) {
  /** @throws {FaultError} with a code that a command may fail with. */
  async function request(
    method: 'GET' | 'POST',
    to: string,
    signal: AbortSignal,
    json?: object,
  ): Promise<JsonObject> {
    const reply = await requestProvider(host, {
      method,
      url: new URL(to, apiBaseUrl),
      headers: { authorization: `Bearer ${apiKey.reveal()}` },
      ...(json && { json }),
      timeoutMs: TIMEOUT_MS,
      signal: AbortSignal.any([signal, stopped]),
    });
    if (reply.status >= 300) throw faultOfResponse(reply, 'Acme');
    return objectOf(reply.json);
  }

  return {
    account: (signal: AbortSignal) => request('GET', '/account', signal),
    call: (id: ProviderCallId, signal: AbortSignal) => request('GET', path`/calls/${id}`, signal),
    say: (id: ProviderCallId, text: string, signal: AbortSignal) =>
      request('POST', path`/calls/${id}/say`, signal, { text }),
    end: (id: ProviderCallId, signal: AbortSignal) => request('POST', path`/calls/${id}/end`, signal),
  };
}
