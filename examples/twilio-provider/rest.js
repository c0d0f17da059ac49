// @ts-check
/** A client of Twilio's REST API, which takes forms and returns JSON. */
import { basicAuth, requestProvider, numberOf, objectOf, path, faultOfResponse } from '@sidetone/plugin-kit';
import { FaultError } from '@sidetone/core';

/** Twilio's error code for an update of an ended call. */
const NOT_IN_PROGRESS = 21_220;
/** The timeout of a request, in ms. */
const TIMEOUT_MS = 10_000;

/** @typedef {ReturnType<typeof createRest>} Request rejects with CALL_NOT_LIVE, CALL_NOT_FOUND, or a fault of kind `provider` */

export const callPath = (/** @type {string} */ sid) => path`/Calls/${sid}`;

/**
 * Creates a function that reads a resource of the account, or updates it with a form. Aborting `stopped` cancels all requests.
 * @param {{ accountSid: string, authToken: import('@sidetone/core').Secret, apiBaseUrl: string }} options
 * @param {import('@sidetone/core').ProviderHost} host @param {AbortSignal} stopped
 */
export function createRest({ accountSid, authToken, apiBaseUrl }, host, stopped) {
  const authorization = basicAuth(accountSid, authToken.reveal());

  /** @param {string} resource @param {AbortSignal} signal @param {Record<string, string>} [form] */
  return async (resource, signal, form) => {
    const reply = await requestProvider(host, {
      method: form ? 'POST' : 'GET',
      url: new URL(`/2010-04-01/Accounts/${accountSid}${resource}.json`, apiBaseUrl),
      headers: { authorization },
      ...(form && { form: new URLSearchParams(form) }),
      timeoutMs: TIMEOUT_MS,
      signal: AbortSignal.any([signal, stopped]),
    });
    const answer = objectOf(reply.json);
    if (reply.status < 300) return answer;
    if (numberOf(answer['code']) === NOT_IN_PROGRESS)
      throw new FaultError('CALL_NOT_LIVE', 'the call has ended');
    if (reply.status === 404) throw new FaultError('CALL_NOT_FOUND', 'call not found at Twilio');
    throw faultOfResponse(reply, 'Twilio');
  };
}
