// @ts-check
/** The controls of a call: over REST, with new TwiML, and on its stream. */
import { FaultError, invalidArgument } from '@sidetone/core';
import { fetchSound, definedFields } from '@sidetone/plugin-kit';
import { callPath } from './rest.js';

/** The maximum length of TwiML in a request, in characters. */
const MAX_TWIML_LENGTH = 4000;
/** The number format of Twilio: E.164. */
export const PHONE_NUMBER = /^\+[1-9]\d{6,14}$/;

/** Escapes text for XML. Control characters become spaces, because XML cannot represent most of them. @param {string} text */
const escapeXml = (text) =>
  text.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ').replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export const twiml = (/** @type {string[]} */ ...verbs) => `<Response>${verbs.join('')}</Response>`;
/** A two-way stream; the call continues when it is closed. @param {URL} url */
export const connect = (url) => `<Connect><Stream url="${escapeXml(url.href)}"/></Connect>`;
/** A one-way stream of both tracks, next to the following verbs. @param {URL} url */
export const tap = (url) => `<Start><Stream url="${escapeXml(url.href)}" track="both_tracks"/></Start>`;
/** Connects the call to a number. @param {string} number */
export const dial = (number) => `<Dial>${escapeXml(number)}</Dial>`;
const say = (/** @type {string} */ text) => (text.trim() === '' ? '' : `<Say>${escapeXml(text)}</Say>`);

/**
 * @param {import('@sidetone/core').ProviderHost} host @param {import('./rest.js').Request} request
 * @param {(sid: string) => import('./session.js').Session | undefined} sessionOf @param {(sid: string) => URL} streamUrl
 */
export function createControls(host, request, sessionOf, streamUrl) {
  /** @param {string} sid @param {AbortSignal} signal @param {string} text */
  async function update(sid, signal, text) {
    if (text.length > MAX_TWIML_LENGTH) throw invalidArgument('content', 'expected a shorter text');
    await request(callPath(sid), signal, { Twiml: text });
  }

  function sessionIn(/** @type {string} */ sid) {
    const session = sessionOf(sid);
    if (!session?.isOpen()) throw new FaultError('CALL_NOT_LIVE', 'the call has no open stream');
    return session;
  }

  /** @type {Pick<Required<import('@sidetone/core').Controls>, 'endCall' | 'transfer'>} */
  const always = {
    async endCall({ providerCallId: sid }, _none, { signal }) {
      await request(callPath(sid), signal, { Status: 'completed' });
    },
    async transfer({ providerCallId: sid }, { number = '', content = '', ...rest }, { signal }) {
      const [surplus] = Object.keys(definedFields(rest));
      if (surplus !== undefined)
        throw invalidArgument(surplus, 'expected no value: transfers go to numbers only');
      if (!PHONE_NUMBER.test(number)) throw invalidArgument('number', 'expected a number like +15005550006');
      await update(sid, signal, twiml(say(content), dial(number)));
    },
  };

  /** For calls without a dialled number. @type {Pick<Required<import('@sidetone/core').Controls>, 'say' | 'playAudio' | 'clearAudio'>} */
  const playback = {
    // New TwiML ends the stream and its playback, so speech cannot be queued after audio.
    async say({ providerCallId: sid }, { content, endCallAfterSpoken, interrupt }, { signal }) {
      if (content.trim() === '') throw invalidArgument('content', 'expected text');
      if (sessionIn(sid).isBusy() && !interrupt)
        throw invalidArgument(
          'interrupt',
          'expected true while audio is playing, because speech interrupts it',
        );
      const next = endCallAfterSpoken ? '<Hangup/>' : connect(streamUrl(sid));
      await update(sid, signal, twiml(say(content), next));
    },
    async playAudio({ providerCallId: sid }, { url }, { commandId, signal }) {
      sessionIn(sid);
      const sound = await fetchSound(host, url, signal);
      await sessionIn(sid).play(sound, commandId, signal);
    },
    clearAudio: async ({ providerCallId: sid }, _none, { signal }) => sessionIn(sid).clear(signal),
  };
  return { always, playback };
}
