// @ts-check
/**
 * Twilio: telephone calls whose webhooks request TwiML and whose audio arrives over a Media Stream. With `dial`, callers are
 * connected to a number, and the audio of both is received; without it, audio and speech can be played to the caller.
 */
import { createHmac } from 'node:crypto';
import { forEachCall, isSameSecret, getOwn, abortOnStop } from '@sidetone/plugin-kit';
import { defineProvider, FaultError, providerCallId, Secret } from '@sidetone/core';
import { z } from 'zod';
import { connect, createControls, dial, PHONE_NUMBER, tap, twiml } from './controls.js';
import { checkNumbers } from './diagnostics.js';
import { callPath, createRest } from './rest.js';
import { createSession } from './session.js';
import { eventsOf } from './translate.js';

const authToken = z.string().min(1);
const phoneNumber = z.string().regex(PHONE_NUMBER, 'expected a number like +15005550006');
const options = z.strictObject({
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/, 'expected AC and 32 hexadecimal digits'),
  authToken: authToken.transform((text) => new Secret(text)),
  /** The number to which callers are connected. */
  dial: phoneNumber.optional(),
  apiBaseUrl: z.url({ protocol: /^https?$/ }).default('https://api.twilio.com'),
});

/** How many calls are kept; then the oldest loses its stream, but its end is still reported. */
export const MAX_CALLS = 10_000;
const CALL_SID = /^CA[0-9a-f]{32}$/;
const ALWAYS = /** @type {const} */ (['END_CALL', 'TRANSFER']);
const PLAYBACK = /** @type {const} */ (['SAY', 'PLAY_AUDIO', 'CLEAR_AUDIO']);
const XML = { 'content-type': 'application/xml; charset=utf-8' };

/**
 * Returns the signature of a request: Twilio signs the URL and every form field, sorted by name.
 * @param {URL} url @param {URLSearchParams} fields @param {Secret} token
 */
export function signatureOf(url, fields, token) {
  const byName = [...fields].toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
  const text = url.href + byName.flat().join('');
  return createHmac('sha1', token.reveal()).update(text).digest('base64');
}

export default defineProvider({
  name: 'twilio',
  displayName: 'Twilio',
  contract: 1,
  callIdPattern: /^CA[0-9a-f]{32}$/,
  options,
  create(settings, host) {
    const { authToken, dial: partner } = settings;
    const stopped = new AbortController();
    const request = createRest(settings, host, stopped.signal);
    /** By Twilio's id. @type {Map<string, { token: string, session?: import('./session.js').Session }>} */
    const calls = new Map();
    const callAt = (/** @type {string} */ path) =>
      [...calls].find(([, { token }]) => path === `stream/${token}`);

    function streamUrl(/** @type {string} */ sid) {
      const call = calls.get(sid) ?? { token: host.randomToken() };
      calls.set(sid, call);
      const [oldest] = calls.size > MAX_CALLS ? calls.keys() : [];
      if (oldest !== undefined) forget(oldest);
      return host.publicUrl(`stream/${call.token}`, 'ws');
    }

    function forget(/** @type {string} */ sid) {
      calls.get(sid)?.session?.close('the call ended');
      calls.delete(sid);
    }

    /** @param {string} sid @param {import('./translate.js').CallFields} fields @param {number} receivedAt */
    function emit(sid, fields, receivedAt) {
      const events = eventsOf(sid, fields, receivedAt);
      for (const event of events) host.emit(event);
      if (events.some(({ type }) => type === 'call.ended')) forget(sid);
    }

    /** Answers the requests to each path. @type {Record<string, (sid: string) => import('@sidetone/core').IngressResponse>} */
    const ROUTES = {
      answer(sid) {
        const url = streamUrl(sid);
        const verbs = partner === undefined ? [connect(url)] : [tap(url), dial(partner)];
        return { status: 200, headers: XML, body: twiml(...verbs) };
      },
      status: () => ({ status: 204 }),
    };
    const { always, playback } = createControls(host, request, (sid) => calls.get(sid)?.session, streamUrl);

    return {
      start: async () => {},
      async stop() {
        stopped.abort();
        for (const sid of calls.keys()) forget(sid);
      },
      controls: abortOnStop(partner === undefined ? { ...always, ...playback } : always, stopped.signal),
      controlsFor({ providerCallId: sid }) {
        const canPlay = partner === undefined && calls.get(sid)?.session?.isOpen() === true;
        return canPlay ? [...ALWAYS, ...PLAYBACK] : ALWAYS;
      },
      async reconcile(live, signal) {
        const until = AbortSignal.any([signal, stopped.signal]);
        await forEachCall(host.clock, live, until, async ({ providerCallId: sid }) => {
          const call = await request(callPath(sid), until);
          if (!until.aborted) emit(sid, { ...call, at: call['end_time'] }, host.clock.now());
        });
      },
      health: async (signal) => void (await request('', signal)),
      diagnostics: async (signal) => [await checkNumbers(request, host, signal)],
      ingress: {
        async request({ method, path, headers, body, receivedAt }) {
          const route = getOwn(ROUTES, path);
          if (!route || method !== 'POST') return { status: 404 };
          const fields = new URLSearchParams(new TextDecoder().decode(body));
          const expected = signatureOf(host.publicUrl(path), fields, authToken);
          if (!isSameSecret(headers['x-twilio-signature'] ?? '', expected))
            throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-twilio-signature: does not match the request');
          const { CallSid: sid = '', ...form } = Object.fromEntries(fields);
          if (!CALL_SID.test(sid)) throw new FaultError('WIRE_MALFORMED', 'CallSid: expected a call id');
          if (stopped.signal.aborted) return { status: 503 };
          const { CallStatus: status, Direction: direction, From: from, To: to, Timestamp: at } = form;
          emit(sid, { status, direction, from, to, at }, receivedAt);
          return route(sid);
        },
        admitRequest: ({ path, headers }) =>
          getOwn(ROUTES, path) && headers['x-twilio-signature'] === undefined
            ? { admit: false, status: 401 }
            : { admit: true },
        admitSocket: ({ path }) => (callAt(path) ? { admit: true } : { admit: false, status: 404 }),
        socket({ path }, socket) {
          const [sid, call] = callAt(path) ?? [];
          if (sid === undefined || !call) return socket.close(1008);
          // Twilio reopens the stream after speech.
          call.session?.close('the stream was reopened');
          call.session = createSession(host, providerCallId(sid), socket);
        },
      },
    };
  },
});
