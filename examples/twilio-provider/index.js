// @ts-check
/**
 * Twilio: telephone calls whose webhooks ask for TwiML, and whose audio comes over a Media Stream. With `dial` callers
 * are connected with a number and both are heard; without it nobody else talks, and sounds and words can be played.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { askForEach, defineProvider, FaultError, lookUp, untilStopped } from '@sidetone/core';
import { providerCallId, Secret } from '@sidetone/core';
import { z } from 'zod';
import { connect, createControls, dial, listen, PHONE_NUMBER, twiml } from './controls.js';
import { callPath, createRest } from './rest.js';
import { createSession } from './session.js';
import { eventsOf } from './translate.js';

const authToken = z.string().min(1);
const phoneNumber = z.string().regex(PHONE_NUMBER, 'expected a number like +15005550006');
const options = z.strictObject({
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/, 'expected AC and 32 hexadecimal digits'),
  authToken: authToken.transform((text) => new Secret(text)),
  /** Whom callers are connected with. */
  dial: phoneNumber.optional(),
  apiBaseUrl: z.url({ protocol: /^https?$/ }).default('https://api.twilio.com'),
});

/** How many calls are remembered: beyond, the oldest can no longer be heard, and still ends when Twilio says so. */
export const MAX_CALLS = 10_000;
const CALL_SID = /^CA[0-9a-f]{32}$/;
const ALWAYS = /** @type {const} */ (['END_CALL', 'TRANSFER']);
const ALONE = /** @type {const} */ (['SAY', 'PLAY_AUDIO', 'CLEAR_AUDIO']);
const XML = { 'content-type': 'application/xml; charset=utf-8' };

const digest = (/** @type {string} */ text) => createHash('sha256').update(text).digest();

/**
 * Twilio signs the address that it was given and every field of the form, by name.
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
  options,
  create(settings, host) {
    const { authToken, dial: partner } = settings;
    const life = new AbortController();
    const ask = createRest(settings, host, life.signal);
    /** By Twilio's id. @type {Map<string, { token: string, session?: import('./session.js').Session }>} */
    const calls = new Map();
    const callAt = (/** @type {string} */ path) =>
      [...calls].find(([, { token }]) => path === `stream/${token}`);

    function streamUrl(/** @type {string} */ sid) {
      const call = calls.get(sid) ?? { token: host.randomToken() };
      calls.set(sid, call);
      const [oldest] = calls.size > MAX_CALLS ? calls.keys() : [];
      if (oldest !== undefined) forget(oldest);
      return new URL(host.publicUrl(`stream/${call.token}`).href.replace(/^http/, 'ws'));
    }

    function forget(/** @type {string} */ sid) {
      calls.get(sid)?.session?.close('the call is over');
      calls.delete(sid);
    }

    /** @param {string} sid @param {import('./translate.js').CallNews} news @param {number} receivedAt */
    function tell(sid, news, receivedAt) {
      const events = eventsOf(sid, news, receivedAt);
      for (const event of events) host.emit(event);
      if (events.some(({ type }) => type === 'call.ended')) forget(sid);
    }

    /** What Twilio posts to each address. @type {Record<string, (sid: string) => import('@sidetone/core').IngressResponse>} */
    const ROUTES = {
      answer(sid) {
        const url = streamUrl(sid);
        const verbs = partner === undefined ? [connect(url)] : [listen(url), dial(partner)];
        return { status: 200, headers: XML, body: twiml(...verbs) };
      },
      status: () => ({ status: 204 }),
    };
    const { always, alone } = createControls(host, ask, (sid) => calls.get(sid)?.session, streamUrl);

    return {
      start: async () => {},
      async stop() {
        life.abort();
        for (const sid of calls.keys()) forget(sid);
      },
      controls: untilStopped(partner === undefined ? { ...always, ...alone } : always, life.signal),
      controlsFor({ providerCallId: sid }) {
        const canPlay = partner === undefined && calls.get(sid)?.session?.isOpen() === true;
        return canPlay ? [...ALWAYS, ...ALONE] : ALWAYS;
      },
      async reconcile(live, signal) {
        const until = AbortSignal.any([signal, life.signal]);
        await askForEach(host.clock, live, until, async ({ providerCallId: sid }) => {
          const call = await ask(callPath(sid), until);
          if (!until.aborted) tell(sid, { ...call, at: call['end_time'] }, host.clock.now());
        });
      },
      health: async (signal) => void (await ask('', signal)),
      ingress: {
        async request({ method, path, headers, body, receivedAt }) {
          const route = lookUp(ROUTES, path);
          if (!route || method !== 'POST') return { status: 404 };
          const fields = new URLSearchParams(new TextDecoder().decode(body));
          const expected = signatureOf(host.publicUrl(path), fields, authToken);
          if (!timingSafeEqual(digest(headers['x-twilio-signature'] ?? ''), digest(expected)))
            throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-twilio-signature is not that of the account');
          const { CallSid: sid = '', ...form } = Object.fromEntries(fields);
          if (!CALL_SID.test(sid)) throw new FaultError('WIRE_MALFORMED', 'there is no CallSid');
          if (life.signal.aborted) return { status: 503 };
          const { CallStatus: status, Direction: direction, From: from, To: to, Timestamp: at } = form;
          tell(sid, { status, direction, from, to, at }, receivedAt);
          return route(sid);
        },
        admitSocket: ({ path }) => (callAt(path) ? { admit: true } : { admit: false, status: 404 }),
        socket({ path }, socket) {
          const [sid, call] = callAt(path) ?? [];
          if (sid === undefined || !call) return socket.close(1008);
          // After words were said the stream is opened anew.
          call.session?.close('the stream was opened anew');
          call.session = createSession(host, providerCallId(sid), socket);
        },
      },
    };
  },
});
