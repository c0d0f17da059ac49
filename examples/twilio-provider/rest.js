// @ts-check
/** Asks Twilio's REST API, which takes forms and answers JSON. */
import { askProvider, FaultError, numberOf, objectOf, refusalOf } from '@sidetone/core';

/** Twilio's own code for a change of a call that is over. */
const NOT_IN_PROGRESS = 21_220;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
/** How long an answer may take. */
const TIMEOUT_MS = 10_000;

/** @typedef {ReturnType<typeof createRest>} Ask rejects with CALL_NOT_LIVE, CALL_NOT_FOUND, or a fault of kind `provider` */

export const callPath = (/** @type {string} */ sid) => `/Calls/${encodeURIComponent(sid)}`;

/**
 * Asks for what is at a path below the account, or changes it by a form. Everything is given up when `life` aborts.
 * @param {{ accountSid: string, authToken: import('@sidetone/core').Secret, apiBaseUrl: string }} options
 * @param {import('@sidetone/core').ProviderHost} host @param {AbortSignal} life
 */
export function createRest({ accountSid, authToken, apiBaseUrl }, { clock, fetch }, life) {
  const credentials = Buffer.from(`${accountSid}:${authToken.reveal()}`).toString('base64');
  const authorization = `Basic ${credentials}`;

  /** @param {string} path @param {AbortSignal} signal @param {Record<string, string>} [form] */
  return async (path, signal, form) => {
    const body = form && { body: new URLSearchParams(form).toString() };
    const reply = await askProvider(
      { clock, fetch: (url, init) => fetch(url, { ...init, ...body }) },
      {
        method: form ? 'POST' : 'GET',
        url: new URL(`/2010-04-01/Accounts/${accountSid}${path}.json`, apiBaseUrl),
        headers: form ? { authorization, ...FORM } : { authorization },
        timeoutMs: TIMEOUT_MS,
        signal: AbortSignal.any([signal, life]),
      },
    );
    const answer = objectOf(reply.json);
    if (reply.status < 300) return answer;
    if (numberOf(answer['code']) === NOT_IN_PROGRESS)
      throw new FaultError('CALL_NOT_LIVE', 'the call is over');
    if (reply.status === 404) throw new FaultError('CALL_NOT_FOUND', 'Twilio has no such call');
    throw refusalOf(reply, 'Twilio');
  };
}
