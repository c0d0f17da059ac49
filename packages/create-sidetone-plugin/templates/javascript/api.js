/** Requests to the API of Acme. */
import { faultOfResponse, objectOf, path, requestProvider } from '@sidetone/plugin-kit';

const TIMEOUT_MS = 10_000;

export function createApi(host, { apiKey, apiBaseUrl, stopped }) {
  /** @throws {FaultError} with a code that a command may fail with. */
  async function request(method, to, signal, json) {
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
    account: (signal) => request('GET', '/account', signal),
    call: (id, signal) => request('GET', path`/calls/${id}`, signal),
    say: (id, text, signal) => request('POST', path`/calls/${id}/say`, signal, { text }),
    end: (id, signal) => request('POST', path`/calls/${id}/end`, signal),
  };
}
